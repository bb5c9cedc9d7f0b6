#include "net/head.h"

#include "ledger/held_logs.h"
#include "ledger/store_notes.h"
#include "net/kept_evidence.h"
#include "net/knowledge.h"
#include "net/state_notes.h"

namespace tallinn {

std::optional<Bytes> StoredViews::get(BytesView key) {
  if (fault_) return std::nullopt;
  auto found = store_.get(Family::views, key);
  if (found) return std::move(*found);
  fault_ = found.error();
  return std::nullopt;
}

void StoredViews::scan(BytesView begin, BytesView end, const Visit& visit) {
  if (fault_) return;
  const auto scanned = store_.scan(Family::views, begin, end, [&](BytesView key, BytesView value) {
    return visit(key, value) == Next::go_on ? StoreReader::Next::go_on : StoreReader::Next::stop;
  });
  if (!scanned) fault_ = scanned.error();
}

void StoredViews::get_each(std::span<const Bytes> keys, const VisitOf& visit) {
  if (fault_) return;
  const std::vector<BytesView> seen(keys.begin(), keys.end());
  if (const auto got = store_.get_each(Family::views, seen, visit); !got) fault_ = got.error();
}

void StoredViews::scan_each(std::span<const Range> ranges, const VisitOf& visit) {
  if (fault_) return;
  std::vector<StoreReader::Range> seen;
  for (const Range& range : ranges) seen.push_back({range.begin, range.end});
  const auto scanned = store_.scan_each(Family::views, seen, visit);
  if (!scanned) fault_ = scanned.error();
}

void put_changes(Batch& batch, const Views& views) {
  for (const auto& [key, value] : views.changes()) {
    if (value)
      batch.put(Family::views, key, *value);
    else
      batch.erase(Family::views, key);
  }
}

LogSize Head::held_of(LogId log) const {
  return size_in(held, log);
}

std::vector<HeldLog> Head::given() const {
  std::vector<HeldLog> out;
  for (const HeldLog& one : held)
    if (!frozen.contains(one.log))
      out.push_back(one);
    else if (const RosterLog* log = roster.log(one.log); log != nullptr && log->sealed)
      out.push_back({one.log, roster.within(one)});
  return out;
}

Level Head::level_of(const Position& position) {
  const Place& place = position.place;
  if (place.index.value() >= roster.limit(place.log).value()) return Level::recorded;  // sealed off
  if (position.lamport <= settled) return Level::settled;
  const auto found = replicated.find(place.log);
  const bool covered = found != replicated.end() && place.index.value() < found->second.value();
  return covered ? Level::replicated : Level::recorded;
}

Stored<std::shared_ptr<Head>> load_head(const Store& store, const Charter& charter) {
  auto head = std::make_shared<Head>();
  head->snapshot = store.snapshot();
  head->trees = std::make_shared<SharedTrees>(head->snapshot);
  const auto knowledge = Knowledge::load(*head->snapshot, charter);
  if (!knowledge) return std::unexpected(knowledge.error());
  StoredLogs logs(*head->snapshot);
  const auto settled = knowledge->settled(logs);
  if (!settled) return std::unexpected(settled.error());
  const auto joint = newest_joint_state(*head->snapshot, knowledge->roster());
  if (!joint) return std::unexpected(joint.error());
  const auto evidence = kept_evidence(*head->snapshot);
  if (!evidence) return std::unexpected(evidence.error());
  for (const KeptEvidence& one : *evidence)
    if (const auto log = frozen_by(one.claim, charter)) head->frozen.insert(*log);
  head->roster = knowledge->roster();
  head->held = knowledge->held();
  head->cosigned = knowledge->cosigned();
  for (const auto& [id, log] : knowledge->logs()) head->replicated[id] = knowledge->replicated(id);
  head->settled = *settled;
  const auto last = knowledge->last_lamport(logs);
  if (!last) return std::unexpected(last.error());
  head->last = *last;
  if (*joint) {
    head->joint_state = (*joint)->settled;
    head->settled = std::max(head->settled, (*joint)->settled);
  }
  return head;
}

}  // namespace tallinn
