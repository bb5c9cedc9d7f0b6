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
  for (auto next = logs_.lower_bound(id); next != logs_.begin();) {
    const auto& [earlier, log] = *--next;
    if (earlier.office != id.office) break;
    if (!log.sealed || log.sealed->size == LogSize(0)) continue;
    return Place{earlier, LogIndex(log.sealed->size.value() - 1)};
  }
  return std::nullopt;
}

Roster Roster::without_seals_from(Lamport point) const {
  Roster open = *this;
  for (auto& [id, log] : open.logs_)
    if (log.sealed && log.sealed_at >= point) log.sealed.reset();
  return open;
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

namespace {

const LogOpened* opens(const std::string& office, const Place& place, const Event* event) {
  const auto* body = event != nullptr ? std::get_if<LogOpened>(&event->body) : nullptr;
  const bool itself = body != nullptr && place.index == LogIndex(0) && body->office == office &&
                      body->epoch == place.log.epoch;
  return itself ? body : nullptr;
}

}  // namespace

const LogOpened* opens_its_own_log(const Charter& charter, const Place& place, const Event* event) {
  const CharterOffice* office = charter.office(place.log.office);
  return office == nullptr ? nullptr : opens(office->name, place, event);
}

Result<void> check_signers(ViewReader& views, const Charter& charter, const OrderedEntry& entry) {
  Records records(views);
  const LogIndex index = entry.position.place.index;
  const Hearing hearing{charter, *entry.event, entry.entry,
                        index,   records,      signers_of(records, entry.entry, index)};
  if (auto enough = check_enough_parties(hearing); !enough) return enough;
  return check_authority(hearing);
}

Result<Roster> with_log_of(ViewReader& views, const Charter& charter, const OrderedEntry& first) {
  const Place& place = first.position.place;
  const LogOpened* body = opens_its_own_log(charter, place, first.event ? &*first.event : nullptr);
  if (body == nullptr)
    return refuse(Code::unauthorised, "no LogOpened opens the log that it stands in");
  if (auto authority = check_signers(views, charter, first); !authority)
    return std::unexpected(authority.error());
  Roster roster = read_roster(views, charter);
  if (auto fresh = check_new_log(roster, *body); !fresh) return std::unexpected(fresh.error());
  if (const auto before = body->previous
                              ? roster.logs_.find({place.log.office, body->previous->epoch})
                              : roster.logs_.end();
      before != roster.logs_.end()) {
    before->second.sealed = body->previous;
    before->second.sealed_at = first.position.lamport;
  }
  roster.logs_.emplace(place.log, roster_log(charter.ledger, body->office, place.log,
                                             record_of(*body, first.position.lamport)));
  return roster;
}

LogStart start_of(LogId log, const Event* first, const Roster& roster) {
  const bool known_office = log.office.value() < roster.offices().size();
  const std::string office = known_office ? roster.offices()[log.office.value()].name : "";
  const LogOpened* body = opens(office, {log, LogIndex(0)}, first);
  if (body == nullptr || !body->previous) {
    const RosterLog* known = roster.log(log);
    return {roster.last_before(log), known == nullptr ? Lamport(0) : known->after};
  }
  const LogId earlier{log.office, body->previous->epoch};
  const LogSize size = body->previous->size;
  if (size == LogSize(0)) return {roster.last_before(earlier), body->after};
  return {Place{earlier, LogIndex(size.value() - 1)}, body->after};
}

bool CountedEntries::count(const Place& place) {
  if (place.index.value() >= seals_.limit(place.log).value()) return false;
  counted_[place.log] = LogSize(place.index.value() + 1);
  return true;
}

void CountedEntries::go_on_with(const Roster& now) {
  if (!final_) seals_ = now;
}

bool CountedEntries::holds() const {
  return std::ranges::all_of(counted_, [&](const auto& log) {
    return seals_.within({log.first, log.second}) == log.second;
  });
}

}  // namespace tallinn
