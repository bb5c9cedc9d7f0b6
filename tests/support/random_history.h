// RandomHistory: logs of two or three offices that see now more, now less of one another, each with
// events of RandomEvents; from one seed. Arrival: the same entries in another order and in pieces.
// Signatures are not real: the fold takes them as known good.
#pragma once

#include <algorithm>
#include <cstdlib>

#include "events/entry.h"
#include "ledger/order.h"
#include "tests/support/random_events.h"

namespace tallinn::test {

/// How many random histories a test tries: TALLINN_SIM_HISTORIES, or `usual`, or a fifth of that
/// under a sanitizer, which takes about five times as long.
inline std::uint64_t history_count(std::uint64_t usual) {
  const char* asked = std::getenv("TALLINN_SIM_HISTORIES");
  if (asked != nullptr) return std::strtoull(asked, nullptr, 10);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return usual / 5;
#else
  return usual;
#endif
}

/// The charter of keys_for_tests.h; with a third office, "brussels", beside the back office. No
/// charter that is read names three offices yet; order, fold and replication are for any number.
inline Charter charter_of(std::size_t offices) {
  Charter charter = test_charter();
  if (offices == 3)
    charter.offices.push_back(make_charter_office(kTestLedger, "brussels", OfficeRole::back,
                                                  public_keys(test_office("brussels"))));
  return charter;
}

class RandomHistory {
 public:
  struct Options {
    std::uint64_t seed = 1;
    std::size_t offices = 2;
    std::size_t events = 70;  ///< beside the admissions
  };
  explicit RandomHistory(const Options& options)
      : charter_(charter_of(options.offices)), said_(options.seed, charter_) {
    logs_.resize(options.offices);
    for (const StatedEvent& one : said_.admissions()) append(back(), one);
    for (std::size_t n = 0; n < options.offices; ++n)
      if (n != back()) look(n, back());
    for (std::size_t made = 0; made < options.events; ++made) {
      const StatedEvent one = said_.next();
      append(place_of(one), one);
      if (said_.chance(4)) append(said_.random(logs_.size()), one);         // the same once more
      if (said_.chance(2)) append(said_.random(logs_.size()), other(one));  // its id, other bytes
      look(said_.random(logs_.size()), said_.random(logs_.size()));
    }
  }

  const Charter& charter() const { return charter_; }
  std::size_t offices() const { return logs_.size(); }
  static LogId log_of(std::size_t office) {
    return {OfficeNumber(static_cast<std::uint16_t>(office)), Epoch(1)};
  }
  /// Encoded entries.
  const std::vector<Bytes>& log(std::size_t office) const { return logs_[office].entries; }

  /// Every entry in an order in which a node may take them: each log in its own, none before what
  /// it has seen; in pieces of up to `most`.
  struct Piece {
    std::size_t office;
    std::size_t from, to;
  };
  std::vector<Piece> arrival(std::uint64_t seed, std::size_t most) const {
    std::mt19937_64 random(seed);
    std::vector<Piece> out;
    std::vector<std::size_t> taken(logs_.size(), 0);
    for (;;) {
      std::vector<std::size_t> ready;
      for (std::size_t n = 0; n < logs_.size(); ++n)
        if (is_ready(n, taken)) ready.push_back(n);
      if (ready.empty()) return out;
      Piece piece{ready[random() % ready.size()], 0, 0};
      piece.from = piece.to = taken[piece.office];
      for (std::size_t left = 1 + random() % most; left > 0 && is_ready(piece.office, taken);
           --left)
        piece.to = ++taken[piece.office];
      out.push_back(piece);
    }
  }

 private:
  struct Log {
    std::vector<Bytes> entries;
    std::vector<Entry> read;
    std::vector<std::size_t> seen;  ///< of each office now
  };

  std::size_t back() const { return charter_.office_in_role(OfficeRole::back).value(); }
  std::size_t place_of(const StatedEvent& one) {
    if (one.at == StatedEvent::At::anywhere || said_.chance(10)) return said_.random(logs_.size());
    const bool front = one.at == StatedEvent::At::front;
    return front ? charter_.office_in_role(OfficeRole::front).value() : back();
  }
  static StatedEvent other(StatedEvent one) {
    one.event.occurred.millis = UnixMillis(1'717'286'400'000);
    return one;
  }

  /// `office` comes to hold some more of what `of` has, and all that was seen there.
  void look(std::size_t office, std::size_t of) {
    const std::size_t size = logs_[of].entries.size();
    std::vector<std::size_t>& seen = seen_of(office);
    if (office == of || size == seen[of]) return;
    seen[of] += 1 + said_.random(size - seen[of]);
    for (const Seen& beyond : logs_[of].read[seen[of] - 1].seen)
      if (const std::size_t third = beyond.log.office.value(); third != office)
        seen[third] = std::max<std::size_t>(seen[third], beyond.size.value());
  }
  std::vector<std::size_t>& seen_of(std::size_t office) {
    logs_[office].seen.resize(logs_.size(), 0);
    return logs_[office].seen;
  }

  void append(std::size_t office, const StatedEvent& one) {
    Log& log = logs_[office];
    Entry entry{.log = log_of(office),
                .lamport = {},
                .seen = {},
                .recorded = UnixMillis(1'717'300'000'000),
                .event = encode_event(one.event),
                .signatures = {}};
    std::vector<Lamport> earlier;
    for (std::size_t n = 0; n < logs_.size(); ++n) {
      const std::size_t seen = seen_of(office)[n];
      if (seen == 0) continue;
      entry.seen.push_back({log_of(n), LogSize(seen)});
      earlier.push_back(logs_[n].read[seen - 1].lamport);
    }
    std::optional<Lamport> previous;
    if (!log.read.empty()) previous = log.read.back().lamport;
    entry.lamport = next_lamport(previous, earlier);
    for (const PartyId& party : one.signers) {
      const PublicKey key = key_of(party);
      if (std::ranges::find(entry.signatures, key, &EventSignature::key) == entry.signatures.end())
        entry.signatures.push_back({key, {}});
    }
    std::ranges::sort(entry.signatures, {}, &EventSignature::key);
    log.entries.push_back(encode_entry(entry));
    log.read.push_back(std::move(entry));
  }
  PublicKey key_of(const PartyId& party) {
    for (const auto& [known, key] : keys_)
      if (known == party) return key;
    return keys_.emplace_back(party, test_key(party.value()).public_key()).second;
  }

  bool is_ready(std::size_t office, const std::vector<std::size_t>& taken) const {
    const Log& log = logs_[office];
    return taken[office] < log.read.size() &&
           std::ranges::all_of(
               log.read[taken[office]].seen,
               [&](const Seen& seen) {
                 return taken[seen.log.office.value()] >= seen.size.value();
               });
  }

  const Charter charter_;
  RandomEvents said_;
  std::vector<Log> logs_;
  std::vector<std::pair<PartyId, PublicKey>> keys_;
};

}  // namespace tallinn::test
