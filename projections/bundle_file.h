// The trail bundle as a value, and its JSON text, both ways (docs/formats.md, "Trail bundles").
// Pure. One line of JSON and a line end; hex lower case, members in this order:
//   format, party, state_note, trail {first, records [[key, value]], proof}, entries [{office,
//   epoch, index, bytes, proof}], checkpoints [{note, consistency}], governance [as trail], chain
//   [as entries], records [as trail]
#pragma once

#include <string>
#include <vector>

#include "ledger/charter.h"
#include "projections/state_tree.h"

namespace tallinn {

inline constexpr std::string_view kBundleFormat = "tallinn-ledger/trail@v1";
inline constexpr std::size_t kMaxBundleBytes = std::size_t{512} << 20;

/// An entry and its inclusion under its log's root in the state note.
struct BundleEntry {
  LogId log;
  LogIndex index;
  Bytes bytes;
  std::vector<Digest> proof;
};

struct BundleCheckpoint {
  std::string note;
  std::vector<Digest>
      consistency;  ///< from the state note's size of that log; empty where it has not grown
};

struct BundleFile {
  PartyId party;
  std::string state_note;
  StateTree::Range trail;            ///< every record under trail/<party>/
  std::vector<BundleEntry> entries;  ///< one for each of them, in order
  std::vector<BundleCheckpoint>
      checkpoints;                 ///< in the state note's order of logs; none for an empty log
  StateTree::Range governance;     ///< every record under governance/
  std::vector<BundleEntry> chain;  ///< one for each of them, in order: the governance chain
  std::vector<StateTree::Range>
      records;  ///< what the trail's entries stand on (bundle_records.h), each once, in key order
};

std::string encode_bundle(const BundleFile& file, const Charter& charter);
/// Error malformed: not what encode_bundle makes, to the character.
Result<BundleFile> parse_bundle(std::string_view text, const Charter& charter);

}  // namespace tallinn
