#include "tests/sim/swarm/watch.h"

#include <algorithm>

#include "ledger/sha256.h"
#include "net/fsck.h"
#include "projections/conservation.h"
#include "projections/event_records.h"
#include "projections/record_keys.h"
#include "projections/state_tree.h"

namespace tallinn::swarm {
namespace {

template <class T>
T value_of(Stored<T> stored) {
  if (!stored)
    throw Broken(Promise::stays_whole, "a store does not read: " + stored.error().detail);
  return std::move(*stored);
}

std::string exceptions_in(ViewReader& views) {
  std::string text;
  const Bytes prefix(ExceptionRecord::kPrefix);
  views.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView value) {
    text += std::string(key.substr(prefix.size())) +
            (decode_record<ExceptionRecord>(value).state == ExceptionState::open ? " open\n"
                                                                                 : " resolved\n");
    return ViewReader::Next::go_on;
  });
  return text;
}

}  // namespace

LogSize Watch::held(std::size_t n, LogId log) const {
  const auto found = seen_[n].sizes.find(log);
  return LogSize(found == seen_[n].sizes.end() ? 0 : found->second);
}

void Watch::look(std::size_t n, const Node& node) {
  const auto head = node.head();
  look_at_entries(n, *head, node.name());
  look_at_settled(n, *head, node.name());
  look_at_alarms(n, *head, node.name());
}

void Watch::look_at_entries(std::size_t n, const Head& head, const std::string& name) {
  Seen& seen = seen_[n];
  StoredLogs logs(*head.snapshot);
  // In total order: an entry comes after what it has seen.
  std::map<Position, Bytes> fresh;
  for (const HeldLog& held : head.held) {
    std::uint64_t& size = seen.sizes[held.log];
    tally_.require(size <= held.size.value(), Promise::acknowledged,
                   name + " holds less of " + charter_.origin(held.log) + " than before");
    for (; size < held.size.value(); ++size) {
      const Place place{held.log, LogIndex(size)};
      Bytes bytes = value_of(logs.entry(place));
      const auto entry = decode_entry(bytes);
      tally_.require(entry.has_value(), Promise::order, "a stored entry does not decode");
      fresh.emplace(Position{entry->lamport, place}, std::move(bytes));
    }
  }
  for (const auto& [position, bytes] : fresh) {
    truth_.meet(position.place, bytes);
    seen.last = std::max(seen.last, position.lamport);
    if (position.place.index.value() >= head.roster.limit(position.place.log).value()) continue;
    tally_.require(position.lamport > seen.settled || truth_.any_doubt(), Promise::settled,
                   "an entry came to " + name + " before what was settled there");
    seen.unsettled.insert(position);
  }
}

void Watch::look_at_settled(std::size_t n, const Head& head, const std::string& name) {
  Seen& seen = seen_[n];
  // A newer promise of a stolen key may say less than the one in whose place it is kept.
  tally_.require(head.settled >= seen.settled || truth_.any_doubt(), Promise::settled,
                 name + " calls less settled than before");
  seen.settled = std::max(seen.settled, head.settled);
  if (truth_.any_doubt()) return;  // whoever has two histories makes any promise
  while (!seen.unsettled.empty() && seen.unsettled.begin()->lamport <= seen.settled) {
    const Position position = *seen.unsettled.begin();
    seen.unsettled.erase(seen.unsettled.begin());
    const Place& place = position.place;
    if (place.index.value() >= head.roster.limit(place.log).value()) continue;
    if (seen.settled_count == settled_.size()) settled_.push_back(position);
    tally_.require(settled_[seen.settled_count++] == position, Promise::settled,
                   "what is settled at " + name + " is in another order than elsewhere");
    for (std::size_t office = 0; office < charter_.offices.size(); ++office)
      tally_.require(is_harmed(office) || held(office, place.log).value() > place.index.value(),
                     Promise::settled, "settled at " + name + ", but not held by every office");
  }
}

void Watch::look_at_alarms(std::size_t n, const Head& head, const std::string& name) {
  if (truth_.any_doubt() || is_harmed(n)) return;
  tally_.require(head.frozen.empty(), Promise::evidence, name + " accuses an honest office");
  tally_.require(head.alarms.empty(), Promise::evidence,
                 name + " is alarmed without reason: " +
                     (head.alarms.empty() ? std::string() : head.alarms.front()));
}

void Watch::acknowledged(std::size_t n, const Place& place, BytesView event) {
  const Fact* fact = truth_.fact(place);
  const bool there = held(n, place.log).value() > place.index.value();
  const bool same = fact != nullptr && fact->event == sha256(event);
  tally_.require((there && same) || truth_.doubted(place.log), Promise::acknowledged,
                 "an event was answered that is not at its place");
  LogSize& size = acknowledged_[place.log];
  size = std::max(size, LogSize(place.index.value() + 1));
}

void Watch::compare(std::size_t n, const Node& node) {
  const auto head = node.head();
  if (seen_[n].compared.lock() == head) return;
  seen_[n].compared = head;
  StoredLogs logs(*head->snapshot);
  std::string held;
  for (const HeldLog& log : head->held)
    if (log.size > LogSize(0))
      held += charter_.origin(log.log) + " " + std::to_string(log.size.value()) + " " +
              to_hex(value_of(logs.root(log.log, log.size)).view()) + "\n";
  StoredViews views(*head->snapshot);
  const Views now{to_hex(state_root(views).root.view()), exceptions_in(views), node.name()};
  const auto [found, first] = views_.emplace(held, now);
  const std::string who = found->second.name + " and " + now.name;
  tally_.require(first || found->second.exceptions == now.exceptions, Promise::equal,
                 who + " hold the same entries and find other exceptions");
  tally_.require(first || found->second.root == now.root, Promise::equal,
                 who + " hold the same entries and have other views");
  const auto imbalanced = imbalances(views);
  tally_.require(imbalanced.empty(), Promise::conservation,
                 node.name() + ": " + (imbalanced.empty() ? std::string() : imbalanced.front()));
}

void Watch::check_whole(std::size_t n, const Node& node) {
  const auto head = node.head();
  auto scratch = value_of(Store::open("/sim/scratch", {.disk = SimDisk::make(), .scratch = true}));
  const auto report = value_of(fsck(*head->snapshot, charter_, *scratch,
                                    {.own = node.office(), .threads = 1, .progress = {}}));
  bool is_back = true;
  for (const Difference& difference : report.differences.kept()) {
    const bool a_note = difference.family == Family::notes;
    if (a_note && (truth_.any_doubt() || is_harmed(n))) continue;
    // What it cosigned once, and has not got back yet.
    if (is_harmed(n) && difference.kind == Difference::Kind::missing && difference.index &&
        difference.log && difference.index->value() >= head->held_of(*difference.log).value()) {
      is_back = false;
      continue;
    }
    throw Broken(Promise::rebuilt,
                 node.name() + ": " + std::string(spell(difference.family)) + " " + difference.key +
                     " " + std::string(spell(difference.kind)) + " " + difference.detail);
  }
  tally_.require(!is_back || !report.views_unchecked, Promise::rebuilt,
                 node.name() + ": " + report.views_unchecked.value_or(""));
}

}  // namespace tallinn::swarm
