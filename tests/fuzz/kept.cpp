#include "tests/fuzz/kept.h"

#include <algorithm>
#include <set>

#include "events/assert.h"
#include "tests/support/files.h"

namespace tallinn::fuzz {
namespace {

std::filesystem::path folder() {
  return std::filesystem::path(test::source_dir()) / "tests/fuzz/corpus";
}

std::filesystem::path file_of(std::string_view target) {
  return folder() / (std::string(target) + ".txt");
}

std::string spell(char c) {
  if (c == '\\') return "\\\\";
  if (c == '\n') return "\\n";
  if (c == '\0') return "\\0";
  if (c >= ' ' && c <= '~') return {c};
  return "\\x" + to_hex(BytesView(&c, 1));
}

std::string spell(BytesView input) {
  std::string out = "\"";
  for (const char c : input) out += spell(c);
  return out + '"';
}

Bytes read(std::string_view line) {
  TALLINN_ASSERT(line.size() >= 2 && line.front() == '"' && line.back() == '"');
  const std::string_view text = line.substr(1, line.size() - 2);
  Bytes out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      out += text[at];
      continue;
    }
    const char kind = ++at < text.size() ? text[at] : ' ';
    if (kind == 'x') {
      out += from_hex(text.substr(at + 1, 2)).value_or("");
      at += 2;
    } else {
      out += kind == 'n' ? '\n' : kind == '0' ? '\0' : kind;
    }
  }
  TALLINN_ASSERT(spell(out) == line);
  return out;
}

}  // namespace

std::vector<Bytes> kept_inputs(std::string_view target) {
  std::vector<Bytes> out;
  for (const std::string& line : test::read_lines(file_of(target).string()))
    if (!line.starts_with('#')) out.push_back(read(line));
  return out;
}

std::size_t keep_inputs(std::string_view target, std::span<const Bytes> inputs) {
  const std::vector<Bytes> there = kept_inputs(target);
  std::set<Bytes> known(there.begin(), there.end());
  std::filesystem::create_directories(folder());
  std::ofstream file(file_of(target), std::ios::binary | std::ios::app);
  std::size_t added = 0;
  for (const Bytes& input : inputs) {
    if (!known.insert(input).second) continue;
    const std::string line = spell(input);
    TALLINN_ASSERT(read(line) == input);
    file << line << '\n';
    ++added;
  }
  TALLINN_ASSERT(file.flush().good());
  return added;
}

std::vector<std::string> kept_targets() {
  std::vector<std::string> out;
  for (const auto& file : std::filesystem::directory_iterator(folder()))
    out.push_back(file.path().stem().string());
  std::ranges::sort(out);
  return out;
}

}  // namespace tallinn::fuzz
