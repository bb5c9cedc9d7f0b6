// What a person keeps and gives to a command later: checkpoints and receipts.
#include <array>

#include "tests/fuzz/target.h"
#include "tests/projections/scribe.h"
#include "tools/audit_claims.h"
#include "tools/kept_checkpoints.h"

namespace tallinn::fuzz {
namespace {

using namespace tallinn::test;

Scribe& scribe() {
  static Scribe made = [] {
    Scribe out;
    out.record_all(public_record());
    return out;
  }();
  return made;
}
std::string warsaw_note(std::size_t size) {
  const Checkpoint checkpoint = scribe().checkpoint(kWarsaw, size);
  const std::string text = format_checkpoint(checkpoint);
  return format_note({text, {sign_note(checkpoint.origin, test_office("warsaw").log, text)}});
}

std::vector<Bytes> kept_checkpoints() {
  const LogId warsaw{kWarsaw, Epoch(1)};
  return {format_kept_checkpoints(
              {.logs = {{.note = warsaw_note(29),
                         .since = LogSize(11),
                         .proof = scribe().consistency(warsaw, LogSize(11), LogSize(29)).value()},
                        {.note = scribe().cosigned_checkpoint(kKyiv), .since = {}, .proof = {}}}}),
          format_kept_checkpoints({.logs = {}}), scribe().cosigned_checkpoint(kKyiv)};
}
/// It is JSON, in which the same can be said in many ways; what is said is written in one.
void run_kept_checkpoints(BytesView bytes) {
  if (const auto kept = parse_kept_checkpoints(bytes)) {
    const std::string written = format_kept_checkpoints(*kept);
    check_written_again(written, parse_kept_checkpoints(written), format_kept_checkpoints);
  }
  const Charter& charter = scribe().charter;
  if (const auto claims = read_claims("kept", bytes, charter, Roster(charter)))
    for (const AuditClaim& claim : *claims)  // only what a log's key has signed claims anything
      TALLINN_ASSERT(claim.checkpoint.root ==
                     scribe().checkpoint(claim.log.office, claim.checkpoint.size.value()).root);
}

constexpr std::array kToolTargets{
    Target{"kept_checkpoints", kept_checkpoints, run_kept_checkpoints}};

}  // namespace

std::span<const Target> tool_targets() {
  return kToolTargets;
}

}  // namespace tallinn::fuzz
