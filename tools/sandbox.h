// Sandbox: a complete two-office ledger in a folder, for trying out: charter, offices with their
// configuration, and a key without passphrase for every party. Shell: writes files.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "events/result.h"
#include "ledger/keys.h"

namespace tallinn {

struct Sandbox {
  std::filesystem::path folder;  ///< not there yet, or empty
  std::string ledger = "tallinn-mechanism.example";
  int first_port = 8480;             ///< of four: Kyiv for peers, Kyiv HTTP, then Warsaw's
  std::vector<std::string> parties;  ///< EE, PL and UA among them: the coordinators, quorum 2
  std::function<Secret(const std::string& name)> seed_of;  ///< of a party's or office's keys
};

/// Error unavailable when it cannot write, or the folder holds something.
Result<void> make_sandbox(const Sandbox& options);

}  // namespace tallinn
