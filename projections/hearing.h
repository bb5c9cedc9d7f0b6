// Hearing: one event at its place, its signers as their keys stood in its causal past, and the
// records it is judged by. Pure. Every rule of an aggregate takes one: `check(hearing, body)` for
// admission and fold alike, `fold(folding, body)` for what it changes. Records are read and decoded
// once for each event.
#pragma once

#include <forward_list>

#include "events/entry.h"
#include "events/event.h"
#include "ledger/charter.h"
#include "projections/aggregate_records.h"
#include "projections/assurance_records.h"
#include "projections/conservation.h"
#include "projections/event_records.h"
#include "projections/party_records.h"
#include "projections/record_keys.h"
#include "projections/views.h"

namespace tallinn {

/// The records of one event's judgement. A pointer stays good as long as this object.
class Records {
 public:
  explicit Records(ViewReader& views) : views_(views) {}
  Records(const Records&) = delete;
  Records& operator=(const Records&) = delete;

  /// Null when there is none.
  template <class R>
  R* find(std::string_view name) {
    std::optional<R>& record = slot<R>(name).record;
    return record ? &*record : nullptr;
  }
  template <class R>
  R& find_or_make(std::string_view name) {
    std::optional<R>& record = slot<R>(name).record;
    return record ? *record : record.emplace();
  }
  /// Writes the record held under that name, which must exist.
  template <class R>
  void save(Views& views, std::string_view name) {
    Slot<R>& held = slot<R>(name);
    views.put(held.key, encode_record(*held.record));
  }
  template <class R>
  static Bytes key_of(std::string_view name) {
    Bytes key;
    key.reserve(R::kPrefix.size() + name.size());
    return key.append(R::kPrefix).append(name);
  }
  ViewReader& views() { return views_; }

  /// Every record of a kind that was asked for and exists: its name, its balance as it was read,
  /// and what it is now.
  template <class R, class Visit>
  void each(const Visit& visit) const {
    for (const Slot<R>& held : std::get<Slots<R>>(slots_))
      if (held.record)
        visit(std::string_view(held.key).substr(R::kPrefix.size()), held.before, *held.record);
  }
  template <class R>
  bool holds(std::string_view name) const {
    for (const Slot<R>& held : std::get<Slots<R>>(slots_))
      if (held.record && held.is_named(name)) return true;
    return false;
  }

 private:
  template <class R>
  struct Slot {
    Bytes key;
    std::optional<R> record;
    Balance before = {};  ///< as it was read; zero of a new record
    bool is_named(std::string_view name) const {
      return key.size() == R::kPrefix.size() + name.size() && key.ends_with(name);
    }
  };
  template <class R>
  using Slots = std::forward_list<Slot<R>>;

  template <class R>
  Slot<R>& slot(std::string_view name) {
    auto& slots = std::get<Slots<R>>(slots_);
    for (Slot<R>& held : slots)
      if (held.is_named(name)) return held;
    Slot<R>& made = slots.emplace_front(Slot<R>{key_of<R>(name), std::nullopt});
    if (const auto bytes = views_.get(made.key)) {
      made.record = decode_record<R>(*bytes);
      if constexpr (requires { balance_of(*made.record); }) made.before = balance_of(*made.record);
    }
    return made;
  }

  ViewReader& views_;
  std::tuple<Slots<PartyRecord>, Slots<KeyRecord>, Slots<OfficeRecord>, Slots<LogRecord>,
             Slots<EventRecord>, Slots<NeedRecord>, Slots<PledgeRecord>, Slots<CommitmentRecord>,
             Slots<AllocationRecord>, Slots<ConsignmentRecord>, Slots<FindingRecord>,
             Slots<DisputeRecord>, Slots<ExceptionRecord>, Slots<ResolutionRecord>,
             Slots<CorrectionRecord>, Slots<RateRecord>, Slots<AttestationRecord>>
      slots_;
};

/// One record, read and decoded now; for queries, which look at many.
template <class R>
std::optional<R> read_record(ViewReader& views, std::string_view name) {
  const auto bytes = views.get(Records::key_of<R>(name));
  if (!bytes) return std::nullopt;
  return decode_record<R>(*bytes);
}

using RoleSet = std::uint16_t;
constexpr RoleSet role_bit(Role role) {
  return static_cast<RoleSet>(1u << static_cast<unsigned>(role));
}
template <class... Roles>
constexpr RoleSet roles_of(Roles... roles) {
  return static_cast<RoleSet>((role_bit(roles) | ... | 0));
}

/// One signature's key as it stood in the entry's causal past.
struct Signer {
  PublicKey key;
  std::optional<PartyId> party;  ///< nothing: the key is not known there
  RoleSet roles = 0;
  bool revoked = false;  ///< there
  bool revoked_aside =
      false;               ///< by an entry that is earlier in the order but not in the causal past
  bool withdrawn = false;  ///< its party withdrew there, and it was not enrolled again
  bool compromised = false;  ///< recorded at or after a moment that a known revocation names
};
std::vector<Signer> signers_of(Records& records, const Entry& entry, LogIndex index);

struct Hearing {
  const Charter& charter;
  const Event& event;
  const Entry& entry;
  LogIndex index;
  Records& records;
  std::vector<Signer> signers;

  /// By a key of that party that holds one of these roles.
  bool signed_by(const PartyId& party, RoleSet roles) const;
  bool is_coordinator(const PartyId& party) const;
  /// Admitted (and not withdrawn), or named by the charter.
  bool party_known(const PartyId& party) const;
  /// The office that holds the role now, after any LogOpened.
  OfficeNumber office_in(OfficeRole role) const;
  PartyId office_party_in(OfficeRole role) const;
  template <class R>
  R* find(const Name& name) const {
    return records.find<R>(name.value());
  }
  /// The record if it is registered, not only named by facts.
  template <class R>
  R* registered(const Name& name) const {
    R* found = records.find<R>(name.value());
    return found != nullptr && found->registered ? found : nullptr;
  }
};

/// A hearing that ends in changes.
struct Folding : Hearing {
  Views& views;
  Position position;
  Digest leaf;
  std::uint8_t home = 0;  ///< OfficeRole of whose decision it is, 0: a fact
  Effect effect = Effect::applied;
  std::vector<std::string> touched = {};
  std::vector<PartyId> more_parties = {};  ///< trails it stands in beyond those its body names

  /// Writes the record that `records` holds under that name.
  template <class R>
  void save(std::string_view name) {
    records.save<R>(views, name);
  }
};

/// Was the event that registered a record declared wrong? Its name stays taken.
bool is_corrected(const Hearing& hearing, const Uuid& registration);

/// Does what an event said stand, or was it declared wrong?
enum class Stands : std::uint8_t { no, yes };

/// Sums that cannot overflow: they stop at the ends of the range.
std::int64_t sum(std::int64_t a, std::int64_t b);

/// Something named in a sentence, put together only when the sentence is needed: {"the donor of
/// pledge", name}.
struct Named {
  std::string_view what;
  std::string_view name = {};
  Named(const char* plain) : what(plain) {}  // NOLINT(google-explicit-constructor)
  Named(std::string_view kind, const Name& named) : what(kind), name(named.value()) {}
  std::string text() const;
};

/// Of two refusals, the one that the rules check first (the order of Code).
Result<void> earlier(Result<void> a, Result<void> b);
/// Unauthorised unless the author is one of `expected`; `who` says who that is.
Result<void> expect_author(const Hearing& hearing, std::initializer_list<const PartyId*> expected,
                           Named who);
std::unexpected<Error> unknown_reference(const std::string& what, std::string field);
Result<void> expect_currency(const Money& money, Currency currency, Named of,
                             std::string_view field);
/// invalid_value: a pledge or commitment would hold more than kMaxBalanceMinor.
Result<void> expect_bounded(std::int64_t balance, Named of, std::string_view field);
/// "12.00 EUR"; the currency must be known.
std::string money_text(std::int64_t minor, Currency currency);

}  // namespace tallinn
