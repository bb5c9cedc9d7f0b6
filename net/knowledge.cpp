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

/// A kept note and what its text says.
template <class T>
struct Kept {
  std::string note;
  T said;
};
template <class T, class Parse>
Stored<std::optional<Kept<T>>> kept(const StoreReader& store, BytesView key, Parse parse,
                                    const std::string& what) {
  auto text = store.get(Family::notes, key);
  if (!text) return std::unexpected(text.error());
  if (!*text) return std::nullopt;
  const auto note = parse_note(**text);
  if (!note) return bad_note(what);
  auto said = parse(note->text);
  if (!said) return bad_note(what);
  return Kept<T>{.note = std::move(**text), .said = std::move(*said)};
}

/// Every witness key that one who cosigns has or had.
std::vector<VerifierKey> witness_keys(const Knowledge& of, const Cosigner& by) {
  std::vector<VerifierKey> keys;
  for (const auto& [id, log] : of.roster().logs())
    if (by == Cosigner(id.office)) keys.push_back(log.witness);
  for (const MirrorKeys& mirror : of.mirrors())
    if (by == Cosigner(mirror.name)) keys.push_back(mirror.witness);
  return keys;
}

/// The newest time of their lines on a note whose signatures were checked; 0 without one.
UnixSeconds cosignature_time(std::string_view text, std::span<const VerifierKey> keys) {
  UnixSeconds newest;
  const auto note = parse_note(text);
  if (!note) return newest;
  for (const NoteSignature& signature : note->signatures)
    for (const VerifierKey& key : keys) {
      if (signature.name != key.name || signature.key_id != key.id) continue;
      WireReader raw(signature.raw);
      const UnixSeconds at(raw.be<std::uint64_t>());
      if (raw.ok()) newest = std::max(newest, at);
    }
  return newest;
}

Stored<void> load_cosigned(const StoreReader& store, const Knowledge& of, LogId id,
                           const Cosigner& by, LogKnowledge& log) {
  const auto checkpoint =
      kept<Checkpoint>(store, notes::cosigned_key(id, by), parse_checkpoint, "cosigned checkpoint");
  if (!checkpoint) return std::unexpected(checkpoint.error());
  if (*checkpoint)
    log.cosigned[by] = {(*checkpoint)->said.size,
                        cosignature_time((*checkpoint)->note, witness_keys(of, by))};
  return {};
}

Stored<void> load_notes(const StoreReader& store, const Knowledge& of, LogId id,
                        LogKnowledge& log) {
  auto checkpoint =
      kept<Checkpoint>(store, notes::checkpoint_key(id), parse_checkpoint, "checkpoint");
  if (!checkpoint) return std::unexpected(checkpoint.error());
  if (*checkpoint) {
    log.checkpoint = std::move((*checkpoint)->note);
    log.checkpoint_size = (*checkpoint)->said.size;
  }
  auto ahead = kept<Checkpoint>(store, notes::ahead_key(id), parse_checkpoint, "checkpoint");
  if (!ahead) return std::unexpected(ahead.error());
  if (*ahead) {
    log.ahead = std::move((*ahead)->note);
    log.ahead_size = (*ahead)->said.size;
  }
  std::vector<Cosigner> cosigners;
  for (std::uint16_t n = 0; n < of.roster().offices().size(); ++n)
    cosigners.emplace_back(OfficeNumber(n));
  for (const MirrorKeys& mirror : of.mirrors()) cosigners.emplace_back(mirror.name);
  for (const Cosigner& by : cosigners)
    if (auto loaded = load_cosigned(store, of, id, by, log); !loaded) return loaded;
  auto promise = kept<Promise>(store, notes::promise_key(id), parse_promise, "promise");
  if (!promise) return std::unexpected(promise.error());
  if (*promise) {
    log.promise = std::move((*promise)->said);
    log.promise_note = std::move((*promise)->note);
  }
  auto counting = kept<Promise>(store, notes::counting_promise_key(id), parse_promise, "promise");
  if (!counting) return std::unexpected(counting.error());
  if (*counting) log.counting_promise = std::move((*counting)->said);
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

Knowledge::Knowledge(const Charter& charter, std::vector<MirrorKeys> mirrors)
    : charter_(&charter), mirrors_(std::move(mirrors)) {
  set_roster(Roster(charter));
}

void Knowledge::set_roster(Roster roster) {
  roster_ = std::move(roster);
  for (const auto& [id, log] : roster_.logs()) logs_[id];
}

std::vector<VerifierKey> Knowledge::checkpoint_keys(const Roster& roster) const {
  std::vector<VerifierKey> keys = roster.checkpoint_keys();
  for (const MirrorKeys& mirror : mirrors_) keys.push_back(mirror.witness);
  return keys;
}

std::optional<Cosigner> Knowledge::cosigner_of(const VerifierKey& key) const {
  for (const RosterOffice& office : roster_.offices())
    if (roster_.log(office.current)->witness == key) return office.current.office;
  for (const MirrorKeys& mirror : mirrors_)
    if (mirror.witness == key) return mirror.name;
  return std::nullopt;
}

Stored<Knowledge> Knowledge::load(const StoreReader& store, const Charter& charter,
                                  std::vector<MirrorKeys> mirrors) {
  Knowledge knowledge(charter, std::move(mirrors));
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
    if (auto read = load_notes(store, knowledge, id, log); !read)
      return std::unexpected(read.error());
  }
  return knowledge;
}

std::vector<HeldLog> Knowledge::held() const {
  std::vector<HeldLog> out;
  for (const auto& [id, log] : logs_) out.push_back({id, log.held});
  return out;
}

std::map<LogId, std::map<Cosigner, Cosigned>> Knowledge::cosigned() const {
  std::map<LogId, std::map<Cosigner, Cosigned>> out;
  for (const auto& [id, log] : logs_)
    if (!log.cosigned.empty()) out[id] = log.cosigned;
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
    const LogSize size =
        cosigned == found->second.cosigned.end() ? LogSize(0) : cosigned->second.size;
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
