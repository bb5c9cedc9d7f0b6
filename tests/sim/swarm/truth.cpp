#include "tests/sim/swarm/truth.h"

#include <algorithm>
#include <tuple>

#include "ledger/sha256.h"
#include "projections/event_rules.h"

namespace tallinn::swarm {

std::string Truth::words(const Place& place) const {
  return "entry " + charter_.origin(place.log) + " " + std::to_string(place.index.value());
}

LogSize Truth::size(LogId log) const {
  const auto found = logs_.find(log);
  return LogSize(found == logs_.end() ? 0 : found->second.facts.size());
}

const Fact* Truth::fact(const Place& place) const {
  if (place.index.value() >= size(place.log).value()) return nullptr;
  return &logs_.at(place.log).facts[place.index.value()];
}

Digest Truth::root(LogId log, LogSize size) const {
  return size == LogSize(0) ? empty_root() : logs_.at(log).roots.at(size.value() - 1);
}

void Truth::promised(LogId log, LogSize size, Lamport lamport) {
  logs_[log].promises.emplace_back(size, lamport);
}

void Truth::meet(const Place& place, BytesView bytes) {
  Log& log = logs_[place.log];
  const std::uint64_t index = place.index.value();
  const Digest leaf = leaf_hash(bytes);
  if (index < log.facts.size()) {
    const bool same = log.facts[index].leaf == leaf;
    if (!same) forked_.insert(place.log);
    return tally_.require(same || doubted(place.log), Promise::one_history,
                          words(place) + " is another one at another node");
  }
  if (index > log.facts.size()) return;  // of a second history that is longer
  const auto entry = decode_entry(bytes);
  tally_.require(entry.has_value(), Promise::order, words(place) + " does not decode");
  if (!forked(place.log)) check(place, *entry, log);
  log.facts.push_back({leaf, sha256(entry->event), entry->lamport, entry->seen});
  log.events.insert(log.facts.back().event);
  log.frontier.append(leaf);
  log.roots.push_back(log.frontier.root());
}

void Truth::check(const Place& place, const Entry& entry, const Log& log) {
  tally_.require(entry.log == place.log, Promise::order, words(place) + " names another log");
  check_seen(place, entry, log);
  check_event(place, entry, log);
  for (const auto& [size, lamport] : log.promises)
    tally_.require(
        place.index.value() < size.value() || entry.lamport > lamport || doubted(place.log),
        Promise::one_history, words(place) + " breaks a promise of its office");
}

/// `seen`: no less than before, with what that has seen; the Lamport time is one above all of it.
void Truth::check_seen(const Place& place, const Entry& entry, const Log& log) {
  const auto reaches = [&](const Seen& seen) {
    return std::ranges::any_of(entry.seen, [&](const Seen& one) {
      return one.log.office == seen.log.office &&
             std::tie(seen.log.epoch, seen.size) <= std::tie(one.log.epoch, one.size);
    });
  };
  const bool first = place.index == LogIndex(0);
  Lamport above;
  if (!first) {
    const Fact& before = log.facts.back();
    above = before.lamport;
    for (const Seen& seen : before.seen)
      tally_.require(reaches(seen), Promise::order, words(place) + " has seen less than before");
  }
  bool known = true;
  for (const Seen& seen : entry.seen) {
    const Fact* last = fact({seen.log, LogIndex(seen.size.value() - 1)});
    known = known && last != nullptr;
    if (last == nullptr) continue;
    above = std::max(above, last->lamport);
    for (const Seen& beyond : last->seen)
      tally_.require(beyond.log.office == entry.log.office || reaches(beyond), Promise::order,
                     words(place) + " has not seen what it has seen others see");
  }
  const bool clear = known && !any_doubt();
  tally_.require(known || any_doubt(), Promise::order,
                 words(place) + " has seen what nobody holds");
  const bool exact = entry.lamport.value() == above.value() + 1;
  const bool later = entry.lamport > above;
  tally_.require(!clear || exact || (first && place.log.epoch > Epoch(1) && later), Promise::order,
                 words(place) + " has a Lamport time that does not follow");
}

void Truth::check_event(const Place& place, const Entry& entry, const Log& log) {
  for (const EventSignature& signature : entry.signatures)
    tally_.require(check_event_signature(signature, charter_.id, entry.event), Promise::order,
                   words(place) + " has a bad signature");
  tally_.require(!log.events.contains(sha256(entry.event)), Promise::order,
                 words(place) + " is in its log a second time");
  const auto event = decode_event(entry.event);
  tally_.require(event.has_value(), Promise::order, words(place) + " has no canonical event");
  const Home home = rule_of(event->body).home;
  const OfficeRole role = charter_.office(place.log.office)->role;
  const bool elsewhere = (home == Home::front && role != OfficeRole::front) ||
                         (home == Home::back && role != OfficeRole::back);
  tally_.require(!elsewhere, Promise::order,
                 words(place) + ", a " + std::string(type_name(event->body)) +
                     ", belongs to the other office");
}

}  // namespace tallinn::swarm
