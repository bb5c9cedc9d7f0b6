#include "tools/node_keys.h"

#include "ledger/file_keys.h"
#include "ledger/file_text.h"

namespace tallinn {

Result<void> write_node_keys(const std::filesystem::path& folder, const KeyFile& key,
                             std::string_view line) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return refuse(Code::unavailable, folder.string() + ": " + failed.message());
  const std::string kind(spell(key.owner.kind));
  if (auto written = write_key_file(folder / (kind + ".key"), encode_key_file(key)); !written)
    return written;
  return write_file_durably(folder / (kind + ".line"), std::string(line) + "\n");
}

}  // namespace tallinn
