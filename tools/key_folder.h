// KeyFolder: the key files of parties in one folder, by party.
// Shell: reads the folder once. Office keys in it are left alone.
#pragma once

#include <filesystem>
#include <map>
#include <optional>

#include "events/signing.h"
#include "ledger/keys.h"

namespace tallinn {

class KeyFolder {
 public:
  /// Every *.key file. Error unavailable for no folder; unauthorised for a file that others can
  /// read, or a wrong passphrase; id_conflict for two keys of one party. `passphrase`: for all
  /// files that need one.
  static Result<KeyFolder> open(const std::filesystem::path& folder, const Secret* passphrase);

  /// Nothing when the folder has no key of that party.
  const SigningKey* key_of(const PartyId& party) const;
  void add(const PartyId& party, SigningKey key) { keys_.insert_or_assign(party, std::move(key)); }

 private:
  std::map<PartyId, SigningKey> keys_;
};

}  // namespace tallinn
