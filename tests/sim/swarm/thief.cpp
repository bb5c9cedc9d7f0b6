#include "tests/sim/swarm/thief.h"

#include "ledger/promise.h"
#include "ledger/sha256.h"
#include "ledger/state_note.h"
#include "tests/ledger/keys_for_tests.h"

namespace tallinn::swarm {

LogId Thief::log() const {
  return {OfficeNumber(static_cast<std::uint16_t>(office_)), Epoch(1)};
}

std::optional<std::size_t> Thief::victim() {
  const std::size_t n = random_.percent(50) ? 1 - office_ : kMirror;
  if (!cluster_.up(n) || cluster_.truth().doubted(log())) return std::nullopt;
  return n;
}

void Thief::show_what_never_comes(std::size_t n) {
  const std::string origin = cluster_.charter().origin(log());
  const std::string text =
      format_checkpoint({origin, LogSize(std::uint64_t{1} << 60U), leaf_hash("never")});
  const SigningKey& key = test::test_office(cluster_.charter().offices[office_].name).log;
  cluster_.give(
      n, PeerNote{NoteKind::checkpoint, format_note({text, {sign_note(origin, key, text)}})});
}

void Thief::send_bad_batch() {
  const auto n = victim();
  if (!n) return;
  if (random_.percent(15)) return show_what_never_comes(*n);
  const auto fresh = clients_.next();
  if (!fresh) return;
  const Submission& submission = fresh->submission;
  const LogSize size = cluster_.watch().held(*n, log());
  Entry entry{.log = log(),
              .lamport = Lamport(1),
              .seen = {},
              .recorded = UnixMillis(cluster_.now_ms()),
              .event = submission.event,
              .signatures = submission.signatures};
  if (size > LogSize(0)) {
    const Fact& last = *cluster_.truth().fact({log(), LogIndex(size.value() - 1)});
    entry.seen = last.seen;
    entry.lamport = Lamport(last.lamport.value() + 1);
  }
  enum Wrong { later, earlier, signature, seen, gap, root, signer, epoch, kinds };
  const auto wrong = static_cast<Wrong>(random_.between(0, kinds - 1));
  const OfficeNumber other(static_cast<std::uint16_t>(1 - office_));
  if (wrong == later) entry.lamport = Lamport(entry.lamport.value() + 1);
  if (wrong == earlier) entry.lamport = Lamport(entry.lamport.value() - 1);
  if (wrong == signature) entry.signatures = {{test::test_key("EE").public_key(), Signature{}}};
  if (wrong == seen) entry.seen = {{{other, Epoch(1)}, LogSize(1'000'000)}};
  if (wrong == epoch) entry.log.epoch = Epoch(9);
  const Bytes bytes = encode_entry(entry);
  const auto head = cluster_.node(*n).head();
  Frontier grown = StoredLogs(*head->snapshot).frontier(log(), size).value();
  grown.append(leaf_hash(bytes));
  const std::string origin = cluster_.charter().origin(entry.log);
  const std::string text = format_checkpoint(
      {origin, grown.size(), wrong == root ? leaf_hash("another history") : grown.root()});
  const SigningKey key = wrong == signer
                             ? test::test_key("STRANGER")
                             : test::test_office(cluster_.charter().offices[office_].name).log;
  const PeerBatch batch{
      .entries = {{entry.log, LogIndex(size.value() + (wrong == gap ? 1 : 0)), bytes}},
      .logs = {{entry.log,
                LogSize(grown.size().value() + (wrong == gap ? 1 : 0)),
                format_note({text, {sign_note(origin, key, text)}}),
                {}}},
      .values = {}};
  const auto answer = cluster_.give(*n, batch);
  if (!answer) return;
  tally_.require(!*answer, Promise::refused,
                 "a batch was taken that breaks rule " + std::to_string(wrong));
}

void Thief::sign_second_history() {
  const auto n = victim();
  if (!n) return;
  const auto head = cluster_.node(*n).head();
  const LogSize size = head->held_of(log());
  if (size < LogSize(2)) return;
  const Charter& charter = cluster_.charter();
  const OfficeKeys keys = test::test_office(charter.offices[office_].name);
  const std::string origin = charter.origin(log());
  const bool knows = head->cosigned[log()].contains(OfficeNumber(0)) ||
                     head->cosigned[log()].contains(OfficeNumber(1));
  cluster_.truth().doubt(log());
  switch (random_.between(0, 2)) {
    case 0: {
      const auto at =
          static_cast<std::uint64_t>(random_.between(1, static_cast<std::int64_t>(size.value())));
      const std::string text =
          format_checkpoint({origin, LogSize(at), leaf_hash("another history")});
      const auto answer = cluster_.give(
          *n,
          PeerNote{NoteKind::checkpoint, format_note({text, {sign_note(origin, keys.log, text)}})});
      if (!answer || !knows) return;
      const bool accused = cluster_.node(*n).head()->frozen.contains(log());
      const bool alarmed = !cluster_.node(*n).head()->alarms.empty();
      return tally_.require(accused || alarmed, Promise::evidence,
                            "a second history of " + origin + " was shown and not kept");
    }
    case 1: {
      const tallinn::Promise promise{
          .ledger = charter.id,
          .own = {origin, size, StoredLogs(*head->snapshot).root(log(), size).value()},
          .lamport = Lamport(head->last.value() + 5),
          .holds = {}};
      cluster_.give(
          *n, PeerNote{NoteKind::promise,
                       sign_promise(promise, charter.offices[office_].state.name, keys.state)});
      return;
    }
    default: {
      StateNote note{.ledger = charter.ledger,
                     .rules = kRules,
                     .settled = head->last,
                     .logs = {},
                     .records = 1,
                     .state = {}};
      for (std::uint64_t records = 1; records <= 2; ++records) {
        note.records = records;
        const std::string text = format_state_note(note);
        cluster_.give(*n, PeerNote{NoteKind::state,
                                   format_note({text,
                                                {sign_note(charter.offices[office_].state.name,
                                                           keys.state, text)}})});
        if (!cluster_.up(*n)) return;
      }
    }
  }
}

void Thief::replay() {
  const auto n = static_cast<std::size_t>(random_.between(0, 2));
  if (!cluster_.up(n)) return;
  const auto& notes = cluster_.notes().kept();
  const auto& batches = cluster_.batches();
  if (!batches.empty() && random_.percent(30)) {
    cluster_.give(n, random_.one_of(batches));
  } else if (!notes.empty()) {
    cluster_.give(n, random_.one_of(notes));
  }
}

}  // namespace tallinn::swarm
