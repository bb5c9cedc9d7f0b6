#include "tools/key_folder.h"

#include <algorithm>
#include <vector>

#include "ledger/file_keys.h"

namespace tallinn {

namespace fs = std::filesystem;

Result<KeyFolder> KeyFolder::open(const fs::path& folder, const Secret* passphrase) {
  std::error_code failed;
  std::vector<fs::path> files;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    if (at->path().extension() == ".key") files.push_back(at->path());
  if (failed) return refuse(Code::unavailable, folder.string() + ": " + failed.message());
  std::ranges::sort(files);

  KeyFolder keys;
  for (const fs::path& file : files) {
    const auto head = load_key_file_head(file);
    if (!head) return refuse(head.error().code, file.string() + ": " + head.error().detail);
    if (head->owner.kind != KeyOwner::Kind::party) continue;
    const auto key = load_key_file(file, passphrase);
    if (!key) return refuse(key.error().code, file.string() + ": " + key.error().detail);
    const PartyId party(key->owner.name);
    if (keys.key_of(party) != nullptr)
      return refuse(Code::id_conflict, folder.string() + " has two keys of " + party.value());
    keys.add(party, SigningKey(key->seed.seed()));
  }
  return keys;
}

const SigningKey* KeyFolder::key_of(const PartyId& party) const {
  const auto found = keys_.find(party);
  return found == keys_.end() ? nullptr : &found->second;
}

}  // namespace tallinn
