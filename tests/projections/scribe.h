// Scribe: two offices in memory that sign, append and fold events, for tests.
// Keys come from names, so that every run has the same bytes. Each office sees the whole of the
// other's log unless the link is cut. Nothing here admits: a test that wants an inadmissible entry
// appends it.
#pragma once

#include <algorithm>
#include <map>

#include "events/json.h"
#include "events/uuid.h"
#include "ledger/merkle.h"
#include "ledger/order.h"
#include "ledger/state_note.h"
#include "projections/admission.h"
#include "projections/bundle.h"
#include "projections/fold.h"
#include "projections/state_tree.h"
#include "tests/ledger/keys_for_tests.h"
#include "tests/support/files.h"

namespace tallinn::test {

inline constexpr OfficeNumber kKyiv{0};
inline constexpr OfficeNumber kWarsaw{1};

/// Of 1 June 2025; `more`: further members, from a comma on.
inline std::string event_text(const std::string& type, const std::string& author,
                              const std::string& body, const std::string& more = "") {
  return R"({"type":")" + type + R"(","author":")" + author + R"(","occurred":"2025-06-01")" +
         more + R"(,"body":)" + body + "}";
}

class Scribe final : public LogReader {
 public:
  Scribe() : charter(test_charter()) {}

  /// `origin` makes ids; `text` is an event in its JSON form, with or without "id".
  SealedDraft seal(std::string_view text) {
    auto draft = parse_event_json(
        text, [](const PartyId& party) { return test_key(party.value()).public_key(); });
    if (!draft) throw std::runtime_error(draft.error().detail + " in " + std::string(text));
    signers_ = draft->signers;
    std::array<std::uint8_t, 10> random{};
    random[9] = static_cast<std::uint8_t>(++made_);
    random[8] = static_cast<std::uint8_t>(made_ >> 8);
    const SigningKey author = test_key(draft->event.author.value());
    return seal_draft(*std::move(draft), make_uuid(UnixMillis(1'700'000'000'000), random), author);
  }
  Event event(std::string_view text) { return seal(text).event; }

  /// The signers that the last sealed text named, or the usual ones.
  std::vector<PartyId> signers_of_event(const Event& event) const {
    if (!signers_.empty()) return signers_;
    if (event.body.index() < 6) return {PartyId("EE"), PartyId("UA")};
    return {event.author};
  }

  Entry draft(OfficeNumber office, const Event& event, const std::vector<PartyId>& signers) {
    Entry entry;
    entry.log = {office, Epoch(1)};
    entry.event = encode_event(event);
    entry.recorded = UnixMillis(std::max<std::int64_t>(event.occurred.millis.value(), 0));
    const OfficeNumber other(office == kKyiv ? 1 : 0);
    const std::size_t held = held_[office.value()];
    std::vector<Lamport> last;
    if (held > 0) {
      entry.seen.push_back({{other, Epoch(1)}, LogSize(held)});
      last.push_back(lamports_[other.value()][held - 1]);
    }
    const auto& own = lamports_[office.value()];
    entry.lamport = next_lamport(own.empty() ? std::nullopt : std::optional(own.back()), last);
    for (const PartyId& party : signers)
      entry.signatures.push_back(sign_event(test_key(party.value()), charter.id, entry.event));
    std::ranges::sort(entry.signatures, {}, &EventSignature::key);
    return entry;
  }

  Place append(OfficeNumber office, const Event& event, const std::vector<PartyId>& signers) {
    return append(office, draft(office, event, signers));
  }
  /// With a signature that does not hold.
  Place append_forged(OfficeNumber office, const Event& event, const PartyId& signer) {
    Entry entry = draft(office, event, {signer});
    entry.signatures[0].signature.bytes[0] ^= 1;
    return append(office, entry);
  }
  Place append(OfficeNumber office, const Entry& entry) {
    auto& log = entries_[office.value()];
    log.push_back(encode_entry(entry));
    lamports_[office.value()].push_back(entry.lamport);
    if (linked_) held_[0] = entries_[1].size(), held_[1] = entries_[0].size();
    return {entry.log, LogIndex(log.size() - 1)};
  }
  /// Appends a decision to its home and a fact to Kyiv (or to `office`).
  Place record(std::string_view text, std::optional<OfficeNumber> office = std::nullopt) {
    const Event made = event(text);
    EmptyViews nothing;
    const auto home = home_of(nothing, made);
    const OfficeNumber at = office ? *office : home == OfficeRole::back ? kWarsaw : kKyiv;
    return append(at, made, signers_of_event(made));
  }
  void record_all(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) record(line);
  }
  /// Warsaw records that Kyiv's log ends where it is.
  Place seal_kyiv() {
    const Checkpoint end = checkpoint(kKyiv);
    return record(
        R"({"type":"LogSealed","author":"EE","occurred":"2025-10-15","body":{"office":"kyiv",)"
        R"("epoch":1,"size":)" +
            std::to_string(end.size.value()) + R"(,"root":")" + to_hex(end.root.view()) +
            R"(","reason":"The disk was lost"}})",
        kWarsaw);
  }
  void cut_link() { linked_ = false; }
  void join_link() {
    linked_ = true;
    held_[0] = entries_[1].size(), held_[1] = entries_[0].size();
  }

  /// Every entry, in the total order.
  std::vector<OrderedEntry> ordered() const {
    std::vector<OrderedEntry> out;
    for (const auto& log : entries_)
      for (std::size_t i = 0; i < log.size(); ++i)
        out.push_back(make_ordered(log[i], LogIndex(i)).value());
    std::ranges::sort(out, {}, &OrderedEntry::position);
    return out;
  }
  void fold_into(Views& views) const {
    fold_genesis(views, charter);
    for (const OrderedEntry& entry : ordered()) fold_entry(views, charter, entry);
  }
  std::size_t size(OfficeNumber office) const { return entries_[office.value()].size(); }
  Lamport last_lamport() const {
    Lamport last;
    for (const auto& log : lamports_)
      if (!log.empty()) last = std::max(last, log.back());
    return last;
  }

  Result<Bytes> entry(const Place& place) override {
    return entries_[place.log.office.value()][place.index.value()];
  }
  Result<std::vector<Digest>> inclusion(const Place& place, LogSize size) override {
    Leaves leaves{entries_[place.log.office.value()]};
    return prove_inclusion(place.index, size, leaves);
  }
  Result<std::vector<Digest>> consistency(LogId log, LogSize old_size, LogSize new_size) override {
    Leaves leaves{entries_[log.office.value()]};
    return prove_consistency(old_size, new_size, leaves);
  }

  Checkpoint checkpoint(OfficeNumber office, std::optional<std::size_t> size = std::nullopt) {
    const auto& log = entries_[office.value()];
    Leaves leaves{log};
    const LogSize count(size.value_or(log.size()));
    return {.origin = charter.origin({office, Epoch(1)}),
            .size = count,
            .root = tree_root(count, leaves).value()};
  }
  /// The office's checkpoint, cosigned by the other one.
  std::string cosigned_checkpoint(OfficeNumber office) {
    const Checkpoint made = checkpoint(office);
    const std::string text = format_checkpoint(made);
    const OfficeNumber other(office == kKyiv ? 1 : 0);
    const CharterOffice& witness = *charter.office(other);
    return format_note(
        {text,
         {sign_note(made.origin, test_office(charter.office(office)->name).log, text),
          cosign_note(witness.witness.name, test_office(witness.name).witness,
                      UnixSeconds(1'700'000'000), text)}});
  }
  /// Everything so far as a state note of both offices.
  std::string state_note(ViewReader& views) {
    const StateRoot root = state_root(views);
    StateNote note{.ledger = charter.ledger,
                   .rules = kRules,
                   .settled = last_lamport(),
                   .logs = {},
                   .records = root.records,
                   .state = root.root};
    for (const OfficeNumber office : {kKyiv, kWarsaw}) note.logs.push_back(checkpoint(office));
    const std::string text = format_state_note(note);
    Note signed_note{text, {}};
    for (const CharterOffice& office : charter.offices)
      signed_note.signatures.push_back(
          sign_note(office.state.name, test_office(office.name).state, text));
    return format_note(signed_note);
  }

  Charter charter;

 private:
  struct Leaves final : HashReader {
    explicit Leaves(const std::vector<Bytes>& log) : entries(log) {}
    Result<Digest> read(NodeId node) override {
      if (node.level == 0) return leaf_hash(entries[node.index]);
      const std::uint8_t below = static_cast<std::uint8_t>(node.level - 1);
      return node_hash(*read({below, node.index * 2}), *read({below, node.index * 2 + 1}));
    }
    const std::vector<Bytes>& entries;
  };

  std::array<std::vector<Bytes>, 2> entries_;
  std::array<std::vector<Lamport>, 2> lamports_;
  std::array<std::size_t, 2> held_{};
  bool linked_ = true;
  unsigned made_ = 0;
  std::vector<PartyId> signers_;
};

}  // namespace tallinn::test
