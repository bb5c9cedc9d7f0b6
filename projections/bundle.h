// The trail bundle: everything a donor needs beside the charter to check its whole trail offline
// (docs/formats.md). Pure. JSON, `.trail.json`; the file equals its own re-encoding, so that no
// character of it can change.
#pragma once

#include <string>

#include "ledger/charter.h"
#include "ledger/note.h"
#include "projections/state_tree.h"

namespace tallinn {

/// One entry of the governance chain: an event with its signatures, as it stands in an entry.
struct ChainLink {
  LogId log;
  LogIndex index;
  Bytes entry;
  bool operator==(const ChainLink&) const = default;
};

/// What the bundle's maker reads logs through.
class LogReader {
 public:
  virtual ~LogReader() = default;
  virtual Result<Bytes> entry(const Place& place) = 0;
  /// Hashes of one log's tree at any size held.
  virtual Result<std::vector<Digest>> inclusion(const Place& place, LogSize size) = 0;
  /// Consistency of one log's tree between two sizes held (empty when they are equal): ties a
  /// cosigned checkpoint to the state note where the log has grown since.
  virtual Result<std::vector<Digest>> consistency(LogId log, LogSize old_size,
                                                  LogSize new_size) = 0;
};

/// The governance entries in the views, in total order, read through `logs`: what `GET
/// /api/v1/charter` carries.
Result<std::vector<ChainLink>> governance_chain(ViewReader& views, LogReader& logs);

struct BundleInput {
  const Charter& charter;
  ViewReader& views;  ///< at the note's settled point
  LogReader& logs;
  std::string state_note;  ///< whole note, signed by every office in force
  std::vector<std::string>
      checkpoints;  ///< cosigned checkpoint notes, one for each log of the note, size >= the note's
};
Result<std::string> make_bundle(const BundleInput& input, const PartyId& party);

struct VerifiedBundle {
  PartyId party;
  std::uint64_t settled = 0;  ///< Lamport time of the state note
  std::size_t entries = 0;
  std::string ladder_json;  ///< recomputed from the entries
  /// Of each office's logs the newest cosignature by another office; the oldest of these.
  std::optional<UnixSeconds> cosigned_at;
  std::vector<std::string> sentences;  ///< what was checked, one each, for a person
};
/// Offline. Error failed (or malformed) with the sentence that says what does not hold.
Result<VerifiedBundle> verify_bundle(std::string_view file, const Charter& charter);

}  // namespace tallinn
