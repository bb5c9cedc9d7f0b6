// A LogSource in memory with what a Scribe has recorded, for tests of audits and exports.
#pragma once

#include <map>

#include "projections/chain.h"
#include "tests/projections/scribe.h"
#include "tools/audit_source.h"

namespace tallinn::test {

/// Logs and notes in memory, to be damaged at will.
class MemorySource final : public LogSource {
 public:
  explicit MemorySource(Scribe& scribe) {
    for (const OfficeNumber office : {kKyiv, kWarsaw}) {
      const LogId id{.office = office, .epoch = Epoch(1)};
      for (std::uint64_t i = 0; i < scribe.size(office); ++i)
        entries[id].emplace_back(*scribe.entry({.log = id, .index = LogIndex(i)}));
      for (const Item& item : entries[id]) leaves[id].push_back(leaf_hash(*item));
      notes[id] = {scribe.cosigned_checkpoint(office)};
    }
    EmptyViews nothing;
    Views views(nothing);
    scribe.fold_into(views);
    state = scribe.state_note(views);
    chain_text = encode_chain(scribe.charter, {});
  }

  Result<std::vector<Log>> logs() override {
    std::vector<Log> found;
    for (const auto& [id, items] : entries)
      found.push_back({.id = id, .size = LogSize(items.size())});
    return found;
  }
  Result<std::vector<std::string>> checkpoints(LogId log) override { return notes[log]; }
  Result<std::optional<std::string>> state_note() override { return state; }
  Result<void> earlier_state_notes(const OnNote& on_note) override {
    std::ranges::for_each(earlier_states, on_note);
    return {};
  }
  Result<std::string> chain() override { return chain_text; }
  Result<std::vector<Item>> read(const Log& log, LogIndex begin, std::size_t count) override {
    read_of[log.id] += count;
    const auto first = entries[log.id].begin() + static_cast<std::ptrdiff_t>(begin.value());
    return std::vector<Item>(first, first + static_cast<std::ptrdiff_t>(count));
  }
  Result<std::vector<Digest>> row(const Log& log, std::uint8_t level, std::uint64_t first,
                                  std::size_t count) override {
    const std::uint64_t width = std::uint64_t{1} << (8 * level);
    std::vector<Digest> hashes;
    for (std::uint64_t at = first * width; at < (first + count) * width;) {
      Frontier subtree;
      for (const std::uint64_t end = at + width; at < end; ++at)
        subtree.append(leaves[log.id].at(at));
      hashes.push_back(subtree.root());
    }
    return hashes;
  }
  const std::vector<SourceFault>& faults() const override { return faults_; }

  std::map<LogId, std::vector<Item>> entries;
  std::map<LogId, std::vector<Digest>> leaves;
  std::map<LogId, std::vector<std::string>> notes;
  std::optional<std::string> state;
  std::vector<std::string> earlier_states;
  std::string chain_text;
  std::map<LogId, std::size_t> read_of;  ///< entries that were asked for

 private:
  std::vector<SourceFault> faults_;
};

}  // namespace tallinn::test
