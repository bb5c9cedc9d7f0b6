#include "tools/shell.h"

#include <sodium.h>

#include <array>
#include <ostream>

#include "ledger/file_text.h"
#include "projections/chain.h"

namespace tallinn {

void Shell::put_line(std::string_view line) {
  out << line << '\n';
}

void Shell::fail(std::string_view what, std::string_view why, Exit code) {
  err << "tallinn: " << what << ": " << told(language, why) << '\n';
  exit = code;
}

void Shell::fail(std::string_view what, const Error& error) {
  const bool could_not = error.code == Code::unavailable || error.code == Code::not_appending;
  err << "tallinn: " << what << ": " << sentence_of(error, language) << '\n';
  exit = could_not ? Exit::could_not : Exit::found_false;
}

void Shell::fail(std::string_view what, const Fault& fault) {
  fail(what, error_from(fault));
}

std::string sentence_of(const Error& error, Language language) {
  const std::string sentence = told(language, error.detail);
  return error.field.empty() ? sentence : sentence + " (" + error.field + ")";
}

Result<std::string> read_input(const std::filesystem::path& path, std::size_t max_bytes) {
  auto content = read_file(path, max_bytes);
  if (!content && content.error().code == Code::not_found) content.error().code = Code::unavailable;
  return content;
}

Result<Charter> load_charter(const std::filesystem::path& path) {
  const auto text = read_input(path, kMaxNoteBytes);
  if (!text) return std::unexpected(text.error());
  return parse_charter(*text);
}

Result<Roster> load_roster(const Charter& charter, const std::filesystem::path& path) {
  if (path.empty()) return Roster(charter);
  const auto text = read_input(path, kMaxChainBytes);
  if (!text) return std::unexpected(text.error());
  return verify_chain(*text, charter);
}

Result<std::optional<Secret>> load_passphrase(const std::filesystem::path& path) {
  if (path.empty()) return std::optional<Secret>();
  auto text = read_input(path, 4096);
  if (!text) return std::unexpected(text.error());
  const std::size_t length = std::min(text->find('\n'), text->size());
  std::optional<Secret> secret(Secret(as_u8(BytesView(*text).substr(0, length))));
  sodium_memzero(text->data(), text->size());
  if (length == 0)
    return refuse(Code::malformed, path.string() + " has no passphrase on its first line");
  return secret;
}

Secret fresh_seed(const Shell& shell) {
  std::array<std::uint8_t, 32> seed{};
  shell.random(seed);
  Secret secret(seed);
  sodium_memzero(seed.data(), seed.size());
  return secret;
}

}  // namespace tallinn
