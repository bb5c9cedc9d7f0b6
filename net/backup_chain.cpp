#include "net/backup_chain.h"

#include "ledger/file_log_tiles.h"
#include "ledger/file_text.h"
#include "projections/chain.h"

namespace tallinn {

Result<std::string> backup_chain(const std::filesystem::path& folder, const Charter& charter) {
  auto file = read_file(folder / kChainFile, kMaxChainBytes);
  if (!file && file.error().code == Code::not_found) return encode_chain(charter, {});
  return file;
}

Result<void> check_backup_chain(const std::filesystem::path& folder, const Charter& charter) {
  const auto file = backup_chain(folder, charter);
  const auto roster = file ? verify_chain(*file, charter) : std::unexpected(file.error());
  if (roster) return {};
  return refuse(Code::failed, std::string(kChainFile) + ": " + roster.error().detail);
}

}  // namespace tallinn
