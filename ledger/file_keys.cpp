#include "ledger/file_keys.h"

#include <sodium.h>
#include <sys/stat.h>

#include "ledger/file_text.h"

namespace tallinn {

namespace {

Result<Secret> read_secret(const std::filesystem::path& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0)
    return refuse(Code::not_found, "there is no key file " + path.string());
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return refuse(Code::unauthorised,
                  path.string() + " is open to others: run chmod 600 on it and renew the key");
  auto text = read_file(path, kMaxKeyFileBytes);
  if (!text) return std::unexpected(text.error());
  Secret secret(as_u8(*text));
  sodium_memzero(text->data(), text->size());
  return secret;
}

std::string_view text_of(const Secret& secret) {
  return {reinterpret_cast<const char*>(secret.bytes().data()), secret.bytes().size()};
}

Error at_path(Error error, const std::filesystem::path& path) {
  error.detail = path.string() + ": " + error.detail;
  return error;
}

}  // namespace

Result<void> write_key_file(const std::filesystem::path& path, const Secret& text) {
  return write_file_durably(path, text_of(text),
                            {.mode = 0600, .existing = WriteOptions::Existing::refuse});
}

Result<KeyFile> load_key_file(const std::filesystem::path& path, const Secret* passphrase) {
  const auto text = read_secret(path);
  if (!text) return std::unexpected(text.error());
  auto key = decode_key_file(text_of(*text), passphrase);
  if (!key) return std::unexpected(at_path(key.error(), path));
  return key;
}

Result<KeyFileHead> load_key_file_head(const std::filesystem::path& path) {
  const auto text = read_secret(path);
  if (!text) return std::unexpected(text.error());
  auto head = read_key_file_head(text_of(*text));
  if (!head) return std::unexpected(at_path(head.error(), path));
  return head;
}

}  // namespace tallinn
