// Cut: two offices that hold the parties and do not reach each other; what Warsaw hears is handed
// to it.
#pragma once

#include "net/kept_evidence.h"
#include "net/state_notes.h"
#include "tests/sim/needs.h"
#include "tests/sim/office_logs.h"

namespace tallinn::sim {

/// Both hold the parties, in Warsaw's log; the link is cut.
struct Cut : World {
  explicit Cut(std::uint64_t seed) : World(seed) {
    connect();
    for (const std::string& line : test::public_record())
      if (line.find("PartyAdmitted") != std::string::npos ||
          line.find("KeyEnrolled") != std::string::npos)
        must_record(*this, kWarsaw, line);
    run_ms(3'000);
    cut();
  }
  Replica& warsaw() { return *office(kWarsaw).replica; }
  /// What Warsaw says to a note; committed.
  Result<void> tell(NoteKind kind, const std::string& text) {
    const auto taken = warsaw().stage_note({kind, text});
    REQUIRE(taken.has_value());
    REQUIRE(warsaw().commit(now()).has_value());
    return *taken;
  }
  Result<void> give(const PeerBatch& batch) {
    const auto taken = warsaw().stage_batch(batch, Signatures::to_check);
    REQUIRE(taken.has_value());
    REQUIRE(warsaw().commit(now()).has_value());
    return *taken;
  }
  /// What Warsaw lacks of what that office holds.
  PeerBatch batch_from(std::size_t n) {
    const auto source = head(n);
    auto batch =
        make_batch(*source->snapshot, source->held, head(kWarsaw)->held, ValuesToo::leave_out);
    REQUIRE(batch.has_value());
    return std::move(*batch);
  }
  /// The first entry that Warsaw lacks of that office's newest log, without a checkpoint of its
  /// size.
  PeerBatch first_entry_from(std::size_t n) {
    PeerBatch part = batch_from(n);
    part.entries.resize(1);
    BatchLog& log = part.logs.at(0);
    const LogSize all = log.size;
    log.size = LogSize(head(kWarsaw)->held_of(log.log).value() + 1);
    log.proof = StoredLogs(*head(n)->snapshot).consistency(log.log, log.size, all).value();
    return part;
  }
  std::vector<EvidenceKind> evidence_kinds() {
    const auto kept = kept_evidence(*head(kWarsaw)->snapshot);
    REQUIRE(kept.has_value());
    std::vector<EvidenceKind> kinds;
    for (const KeptEvidence& one : *kept) kinds.push_back(one.claim.kind);
    return kinds;
  }
  std::string promise_by(const char* name, LogId log, LogSize size, const Digest& root,
                         Lamport lamport) {
    const Promise promise{.ledger = charter().id,
                          .own = {charter().origin(log), size, root},
                          .lamport = lamport,
                          .holds = {}};
    return sign_promise(promise, state_key_name(charter().ledger, name),
                        test::test_office(name).state);
  }
  std::string state_by(const StateNote& note, const char* name) {
    const std::string text = format_state_note(note);
    return format_note(
        {text,
         {sign_note(state_key_name(charter().ledger, name), test::test_office(name).state, text)}});
  }
  Digest log_root(std::size_t n, LogId log) {
    const auto from = head(n);
    return StoredLogs(*from->snapshot).root(log, from->held_of(log)).value();
  }
  Standing standing() { return head(kWarsaw)->standing; }
  void restart() {
    crash(kWarsaw);
    start(kWarsaw);
  }
};

}  // namespace tallinn::sim
