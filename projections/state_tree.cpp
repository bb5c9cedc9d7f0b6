#include "projections/state_tree.h"

#include <algorithm>

#include "events/assert.h"
#include "events/wire.h"

namespace tallinn {
namespace {

class LevelHashes final : public HashReader {
 public:
  explicit LevelHashes(const std::vector<std::vector<Digest>>& levels) : levels_(levels) {}
  Result<Digest> read(NodeId node) override {
    TALLINN_ASSERT(node.level < levels_.size() && node.index < levels_[node.level].size());
    return levels_[node.level][node.index];
  }

 private:
  const std::vector<std::vector<Digest>>& levels_;
};

std::unexpected<Error> incomplete(const char* why) {
  return refuse(Code::failed, why);
}

}  // namespace

Digest state_leaf(BytesView key, BytesView value) {
  Bytes data;
  data.reserve(2 + key.size() + value.size());
  put_framed16(data, key);
  data.append(value);
  return leaf_hash(data);
}

StateRoot state_root(ViewReader& views) {
  Frontier frontier;
  views.scan({}, {}, [&](BytesView key, BytesView value) {
    frontier.append(state_leaf(key, value));
    return ViewReader::Next::go_on;
  });
  return {.records = frontier.size().value(), .root = frontier.root()};
}

StateTree::StateTree(ViewReader& views) {
  Frontier frontier;
  views.scan({}, {}, [&](BytesView key, BytesView value) {
    keys_.emplace_back(key);
    frontier.append(state_leaf(key, value), [&](NodeId node, const Digest& hash) {
      if (levels_.size() <= node.level) levels_.resize(node.level + 1u);
      levels_[node.level].push_back(hash);
    });
    return ViewReader::Next::go_on;
  });
}

StateRoot StateTree::root() const {
  LevelHashes reader(levels_);
  const auto root = tree_root(LogSize(keys_.size()), reader);
  TALLINN_ASSERT(root.has_value());
  return {.records = keys_.size(), .root = *root};
}

StateTree::Range StateTree::prove(ViewReader& views, BytesView begin, BytesView end) const {
  Range range;
  const auto at = [&](BytesView key) {
    return static_cast<std::size_t>(std::ranges::lower_bound(keys_, key, std::less<>{}) -
                                    keys_.begin());
  };
  std::size_t first = at(begin);
  std::size_t last = end.empty() ? keys_.size() : std::max(first, at(end));
  if (first > 0) --first;
  if (last < keys_.size()) ++last;
  range.first = first;
  if (first == last) return range;  // an empty tree
  const Bytes stop = last < keys_.size() ? keys_[last] : Bytes();
  views.scan(keys_[first], stop, [&](BytesView key, BytesView value) {
    range.records.emplace_back(key, value);
    return ViewReader::Next::go_on;
  });
  TALLINN_ASSERT(range.records.size() == last - first);
  LevelHashes reader(levels_);
  auto proof = prove_range({LogIndex(first), LogIndex(last)}, LogSize(keys_.size()), reader);
  TALLINN_ASSERT(proof.has_value());
  range.proof = *std::move(proof);
  return range;
}

Result<std::vector<std::pair<Bytes, Bytes>>> check_range_complete(const StateTree::Range& range,
                                                                  BytesView begin, BytesView end,
                                                                  const StateRoot& root) {
  const auto& records = range.records;
  if (range.first > root.records || records.size() > root.records - range.first)
    return incomplete("the range is larger than the state");
  if (records.empty() && root.records != 0) return incomplete("the range shows no record");
  std::vector<Digest> leaves;
  leaves.reserve(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i].first.size() > 0xffff) return incomplete("a key is too long");
    if (i > 0 && records[i - 1].first >= records[i].first)
      return incomplete("the records are not in key order");
    leaves.push_back(state_leaf(records[i].first, records[i].second));
  }
  const LeafRange bounds{LogIndex(range.first), LogIndex(range.first + records.size())};
  if (auto proven = check_range(bounds, LogSize(root.records), leaves, range.proof, root.root);
      !proven)
    return std::unexpected(proven.error());
  std::vector<std::pair<Bytes, Bytes>> inside;
  std::size_t before = 0, after = 0;
  for (const auto& record : records) {
    if (record.first < begin)
      ++before;
    else if (!end.empty() && record.first >= end)
      ++after;
    else
      inside.push_back(record);
  }
  if (before != (range.first > 0 ? 1u : before > 0 ? 1u : 0u))
    return incomplete("the record before the range is not shown");
  if (after != (bounds.end.value() < root.records ? 1u : after > 0 ? 1u : 0u))
    return incomplete("the record after the range is not shown");
  return inside;
}

}  // namespace tallinn
