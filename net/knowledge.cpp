#include "net/knowledge.h"

#include <algorithm>

#include "events/wire.h"
#include "ledger/note.h"
#include "ledger/store_notes.h"
#include "net/head.h"

namespace tallinn {
namespace {

std::unexpected<Fault> bad_note(const std::string& what) {
  return broken(Fault::corrupt, "the kept " + what + " does not read");
}

/// The text part of a kept note, parsed.
template <class T, class Parse>
Stored<std::optional<T>> kept(const StoreReader& store, BytesView key, Parse parse,
                              const std::string& what) {
  auto text = store.get(Family::notes, key);
  if (!text) return std::unexpected(text.error());
  if (!*text) return std::nullopt;
  const auto note = parse_note(**text);
  if (!note) return bad_note(what);
  auto parsed = parse(note->text);
  if (!parsed) return bad_note(what);
  return *parsed;
}

}  // namespace

std::optional<UnixSeconds> cosignature_time(std::string_view text, OfficeNumber office,
                                            const Roster& roster) {
  const auto note = parse_note(text);
  if (!note) return std::nullopt;
  std::optional<UnixSeconds> newest;
  for (const auto& [id, log] : roster.logs())
    for (const NoteSignature& signature : note->signatures) {
      const bool by_it = signature.name == log.witness.name && signature.key_id == log.witness.id;
      if (id.office != office || !by_it) continue;
      WireReader raw(signature.raw);
      const UnixSeconds at(raw.be<std::uint64_t>());
      if (raw.ok()) newest = std::max(newest.value_or(at), at);
    }
  return newest;
}

namespace {

Stored<void> load_notes(const StoreReader& store, const Roster& roster, LogId id,
                        LogKnowledge& log) {
  auto checkpoint = store.get(Family::notes, notes::checkpoint_key(id));
  if (!checkpoint) return std::unexpected(checkpoint.error());
  auto parsed = kept<Checkpoint>(store, notes::checkpoint_key(id), parse_checkpoint, "checkpoint");
  if (!parsed) return std::unexpected(parsed.error());
  if (*parsed) {
    log.checkpoint = **checkpoint;
    log.checkpoint_size = (*parsed)->size;
  }
  for (std::uint16_t n = 0; n < roster.offices().size(); ++n) {
    auto cosigned = kept<Checkpoint>(store, notes::cosigned_key(id, OfficeNumber(n)),
                                     parse_checkpoint, "cosigned checkpoint");
    if (!cosigned) return std::unexpected(cosigned.error());
    if (!*cosigned) continue;
    log.cosigned[OfficeNumber(n)] = (*cosigned)->size;
    const auto text = store.get(Family::notes, notes::cosigned_key(id, OfficeNumber(n)));
    if (!text) return std::unexpected(text.error());
    if (const auto at = cosignature_time(**text, OfficeNumber(n), roster))
      log.cosigned_at[OfficeNumber(n)] = *at;
  }
  auto promise = kept<Promise>(store, notes::promise_key(id), parse_promise, "promise");
  if (!promise) return std::unexpected(promise.error());
  log.promise = *promise;
  auto counting = kept<Promise>(store, notes::counting_promise_key(id), parse_promise, "promise");
  if (!counting) return std::unexpected(counting.error());
  log.counting_promise = *counting;
  return {};
}

Stored<void> load_entries(const StoreReader& store, LogId id, LogKnowledge& log) {
  StoredLogs logs(store);
  const auto size = logs.size(id);
  if (!size) return std::unexpected(size.error());
  log.held = *size;
  if (log.held == LogSize(0)) return {};
  const auto bytes = logs.entry({id, LogIndex(log.held.value() - 1)});
  if (!bytes) return std::unexpected(bytes.error());
  const auto entry = decode_entry(*bytes);
  if (!entry) return broken(Fault::corrupt, "the last entry of a log does not decode");
  log.last_lamport = entry->lamport;
  for (const Seen& seen : entry->seen) log.seen.push_back({seen.log, seen.size});
  return {};
}

}  // namespace

Knowledge::Knowledge(const Charter& charter) : charter_(&charter) {
  set_roster(Roster(charter));
}

void Knowledge::set_roster(Roster roster) {
  roster_ = std::move(roster);
  for (const auto& [id, log] : roster_.logs()) logs_[id];
}

Stored<Knowledge> Knowledge::load(const StoreReader& store, const Charter& charter) {
  Knowledge knowledge(charter);
  StoredViews views(store);
  Roster roster = read_roster(views, charter);
  if (views.fault()) return std::unexpected(*views.fault());
  if (!roster.logs().empty()) knowledge.set_roster(std::move(roster));
  const auto stored = StoredLogs(store).logs();
  if (!stored) return std::unexpected(stored.error());
  for (const LogId id : *stored) {
    if (charter.office(id.office) == nullptr)
      return broken(Fault::corrupt,
                    "an entry is stored of an office that the charter does not name");
    knowledge.logs_[id];
  }
  for (auto& [id, log] : knowledge.logs_) {
    if (auto read = load_entries(store, id, log); !read) return std::unexpected(read.error());
    if (auto read = load_notes(store, knowledge.roster_, id, log); !read)
      return std::unexpected(read.error());
  }
  return knowledge;
}

std::vector<HeldLog> Knowledge::held() const {
  std::vector<HeldLog> out;
  for (const auto& [id, log] : logs_) out.push_back({id, log.held});
  return out;
}

std::map<LogId, std::map<OfficeNumber, Cosigned>> Knowledge::cosigned() const {
  std::map<LogId, std::map<OfficeNumber, Cosigned>> out;
  for (const auto& [id, log] : logs_)
    for (const auto& [office, size] : log.cosigned) {
      const auto at = log.cosigned_at.find(office);
      out[id][office] = {size, at == log.cosigned_at.end() ? UnixSeconds(0) : at->second};
    }
  return out;
}

Stored<Lamport> Knowledge::last_lamport(LamportReader& lamports) const {
  Lamport last;
  for (const auto& [id, log] : logs_) {
    const LogSize counts = roster_.within({id, log.held});
    if (counts == LogSize(0) || roster_.log(id) == nullptr) continue;
    const auto lamport = counts == log.held ? Stored<Lamport>(log.last_lamport)
                                            : lamports.lamport_at(id, LogIndex(counts.value() - 1));
    if (!lamport) return lamport;
    last = std::max(last, *lamport);
  }
  return last;
}

bool Knowledge::let_promise_count(LogId id) {
  LogKnowledge& known = logs_[id];
  if (!known.promise || known.held < known.promise->own.size ||
      known.promise == known.counting_promise)
    return false;
  known.counting_promise = known.promise;
  return true;
}

std::vector<HeldLog> Knowledge::seen_by(OfficeNumber own) const {
  std::vector<HeldLog> seen;
  for (const auto& [id, log] : logs_) {
    if (id.office == own || roster_.log(id) == nullptr) continue;
    const LogSize size = roster_.within({id, log.held});
    if (size == LogSize(0)) continue;
    if (!seen.empty() && seen.back().log.office == id.office) seen.pop_back();
    seen.push_back({id, size});
  }
  return seen;
}

LogSize Knowledge::replicated(LogId id) const {
  const auto found = logs_.find(id);
  if (found == logs_.end()) return {};
  std::optional<LogSize> least;
  for (const RosterOffice& office : roster_.offices()) {
    if (office.current.office == id.office || !office.in_force) continue;
    const auto cosigned = found->second.cosigned.find(office.current.office);
    const LogSize size = cosigned == found->second.cosigned.end() ? LogSize(0) : cosigned->second;
    least = least ? std::min(*least, size) : size;
  }
  return std::min(least.value_or(LogSize(0)), found->second.held);
}

std::vector<HeldLog> Knowledge::holds_of(const Promise& promise) const {
  std::vector<HeldLog> out;
  for (const PromiseHolds& holds : promise.holds)
    if (const auto id = charter_->parse_origin(holds.origin)) out.push_back({*id, holds.size});
  return out;
}

Stored<Lamport> Knowledge::settled(LamportReader& lamports) const {
  SettledInput input;
  for (const RosterOffice& office : roster_.offices()) {
    if (!office.in_force) continue;
    const LogKnowledge& log = logs_.at(office.current);
    OfficeView view{.office = office.current.office,
                    .current_log = office.current,
                    .held_size = log.held,
                    .last_lamport = log.held == LogSize(0) ? roster_.log(office.current)->after
                                                           : log.last_lamport,
                    .seen = log.seen,
                    .promises = {}};
    for (const auto* promise : {&log.promise, &log.counting_promise})
      if (*promise)
        view.promises.push_back({(*promise)->own.size, (*promise)->lamport, holds_of(**promise)});
    input.offices.push_back(std::move(view));
  }
  for (const auto& [id, log] : logs_)
    if (roster_.log(id) != nullptr) input.logs.push_back({id, roster_.within({id, log.held})});
  return tallinn::settled(input, lamports);
}

}  // namespace tallinn
