#include "projections/roster.h"

#include <algorithm>
#include <limits>

#include "projections/authority.h"
#include "projections/fold.h"
#include "projections/parties.h"

namespace tallinn {
namespace {

RosterLog roster_log(const std::string& ledger, const std::string& office, LogId id,
                     const LogRecord& record) {
  return {.log = make_vkey(format_origin({ledger, office, id.epoch}), kNoteEd25519, record.log),
          .witness = make_vkey(witness_key_name(ledger, office), kNoteCosignature, record.witness),
          .state = make_vkey(state_key_name(ledger, office), kNoteEd25519, record.state),
          .transport = record.transport,
          .after = record.after,
          .opened_at = record.opened_at,
          .sealed = record.sealed,
          .sealed_at = record.sealed_at};
}

}  // namespace

Roster::Roster(const Charter& charter) {
  for (std::size_t i = 0; i < charter.offices.size(); ++i) {
    const CharterOffice& office = charter.offices[i];
    const LogId id{OfficeNumber(static_cast<std::uint16_t>(i)), Epoch(1)};
    offices_.push_back({office.name, office.role, id, true});
    logs_.emplace(id, RosterLog{.log = office.log,
                                .witness = office.witness,
                                .state = office.state,
                                .transport = office.transport,
                                .after = {},
                                .opened_at = {},
                                .sealed = std::nullopt,
                                .sealed_at = {}});
  }
}

const RosterLog* Roster::log(LogId id) const {
  const auto found = logs_.find(id);
  return found == logs_.end() ? nullptr : &found->second;
}

bool Roster::in_force(OfficeNumber office) const {
  return office.value() < offices_.size() && offices_[office.value()].in_force;
}

LogSize Roster::limit(LogId id) const {
  const RosterLog* known = log(id);
  if (known != nullptr && known->sealed) return known->sealed->size;
  return LogSize(std::numeric_limits<std::uint64_t>::max());
}

std::optional<Place> Roster::last_before(LogId id) const {
  for (std::uint32_t epoch = id.epoch.value(); epoch-- > 1;) {
    const LogId earlier{id.office, Epoch(epoch)};
    const RosterLog* known = log(earlier);
    if (known == nullptr || !known->sealed || known->sealed->size == LogSize(0)) continue;
    return Place{earlier, LogIndex(known->sealed->size.value() - 1)};
  }
  return std::nullopt;
}

std::optional<LogId> Roster::log_of_key(OfficeNumber office, const PublicKey& log_key) const {
  for (const auto& [id, log] : logs_)
    if (id.office == office && log.log.key == log_key) return id;
  return std::nullopt;
}

std::optional<OfficeNumber> Roster::office_of_transport(const PublicKey& transport) const {
  for (const RosterOffice& office : offices_)
    if (const RosterLog* current = log(office.current); current->transport == transport)
      return office.current.office;
  return std::nullopt;
}

std::vector<VerifierKey> Roster::checkpoint_keys() const {
  std::vector<VerifierKey> keys;
  for (const auto& [id, log] : logs_) {
    keys.push_back(log.log);
    keys.push_back(log.witness);
  }
  return keys;
}

std::vector<VerifierKey> Roster::state_keys() const {
  std::vector<VerifierKey> keys;
  for (const auto& [id, log] : logs_) keys.push_back(log.state);
  return keys;
}

std::vector<VerifierKey> Roster::note_keys() const {
  std::vector<VerifierKey> keys = checkpoint_keys();
  const std::vector<VerifierKey> states = state_keys();
  keys.insert(keys.end(), states.begin(), states.end());
  return keys;
}

bool Roster::opened_by(LogId id, Lamport settled) const {
  const RosterLog* known = log(id);
  return known != nullptr && known->opened_at <= settled;
}

std::vector<LogId> Roster::in_force_at(Lamport settled) const {
  std::vector<LogId> ids;
  for (const auto& [id, log] : logs_)
    if (log.opened_at <= settled && (!log.sealed || settled < log.sealed_at)) ids.push_back(id);
  return ids;
}

std::vector<VerifierKey> Roster::state_keys_at(Lamport settled) const {
  std::vector<VerifierKey> keys;
  for (const LogId id : in_force_at(settled)) keys.push_back(logs_.at(id).state);
  return keys;
}

std::vector<std::string> Roster::cosigners(std::span<const Verified> verified,
                                           OfficeNumber own) const {
  std::vector<std::string> names;
  for (const RosterOffice& office : offices_) {
    const bool cosigned = std::ranges::any_of(logs_, [&](const auto& one) {
      return one.first.office == office.current.office && signed_by(verified, one.second.witness);
    });
    if (cosigned && office.current.office != own) names.push_back(office.name);
  }
  return names;
}

Roster read_roster(ViewReader& views, const Charter& charter) {
  Roster roster;
  for (std::size_t i = 0; i < charter.offices.size(); ++i) {
    const OfficeNumber number(static_cast<std::uint16_t>(i));
    const auto office = read_record<OfficeRecord>(views, office_name_key(number));
    if (!office) continue;
    roster.offices_.push_back({office->name, office->role, office->current, office->in_force});
    for (std::uint32_t epoch = 1; epoch <= office->current.epoch.value(); ++epoch) {
      const LogId id{number, Epoch(epoch)};
      if (const auto record = read_record<LogRecord>(views, log_name_key(id)))
        roster.logs_.emplace(id, roster_log(charter.ledger, office->name, id, *record));
    }
  }
  return roster;
}

bool changes_roster(const OrderedEntry& entry) {
  return entry.event && (std::holds_alternative<LogSealed>(entry.event->body) ||
                         std::holds_alternative<LogOpened>(entry.event->body));
}

Result<Roster> opened_by_itself(ViewReader& views, const Charter& charter,
                                const OrderedEntry& entry) {
  const Place& place = entry.position.place;
  const auto* body = entry.event ? std::get_if<LogOpened>(&entry.event->body) : nullptr;
  if (body == nullptr || charter.office_number(body->office) != place.log.office ||
      body->epoch != place.log.epoch || place.index != LogIndex(0))
    return refuse(Code::unauthorised, "no LogOpened opens the log that it stands in");
  Records records(views);
  const Hearing hearing{charter,     *entry.event, entry.entry,
                        place.index, records,      signers_of(records, entry.entry, place.index)};
  if (auto enough = check_enough_parties(hearing); !enough) return std::unexpected(enough.error());
  if (auto authority = check_authority(hearing); !authority)
    return std::unexpected(authority.error());
  if (auto may = check(hearing, *body); !may) return std::unexpected(may.error());
  Roster roster = read_roster(views, charter);
  RosterOffice& office = roster.offices_[place.log.office.value()];
  RosterLog& before = roster.logs_.at(office.current);
  if (!before.sealed) {
    before.sealed = body->previous;
    before.sealed_at = entry.position.lamport;
  }
  office.current = place.log;
  office.in_force = true;
  roster.logs_.emplace(place.log, roster_log(charter.ledger, body->office, place.log,
                                             record_of(*body, entry.position.lamport)));
  return roster;
}

}  // namespace tallinn
