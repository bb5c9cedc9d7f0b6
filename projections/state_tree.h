// The state tree: an RFC 6962 tree over all view records in bytewise key order (docs/formats.md,
// "State notes"). Pure. Leaf data: u16 key length || key || value. An overlay, never the truth: it
// is rebuilt by one scan.
#pragma once

#include "ledger/merkle.h"
#include "projections/views.h"

namespace tallinn {

Digest state_leaf(BytesView key, BytesView value);

struct StateRoot {
  std::uint64_t records = 0;
  Digest root;
  bool operator==(const StateRoot&) const = default;
};
/// One scan, constant memory.
StateRoot state_root(ViewReader& views);

/// The views as they were at an earlier settled point: what later entries changed, from their undo
/// records, laid over the current ones. `current` must outlive it. Leave out every later entry,
/// from the first one on. Memory: what they changed.
class ViewsAt final : public ViewReader {
 public:
  explicit ViewsAt(ViewReader& current) : overlay_(current) {}
  void leave_out(std::vector<Change> undo) { overlay_.leave_out(std::move(undo)); }
  std::optional<Bytes> get(BytesView key) override { return overlay_.get(key); }
  void scan(BytesView begin, BytesView end, const Visit& visit) override {
    overlay_.scan(begin, end, visit);
  }

 private:
  Views overlay_;
};

/// All leaf hashes with their keys, for proofs. One scan; 32 bytes and a key each.
class StateTree {
 public:
  explicit StateTree(ViewReader& views);
  StateRoot root() const;
  /// The records of [begin, end) in key order with both neighbours (fewer at the edges), and their
  /// range proof.
  struct Range {
    std::uint64_t first = 0;  ///< index of the first record given, neighbours included
    std::vector<std::pair<Bytes, Bytes>> records;
    std::vector<Digest> proof;
  };
  Range prove(ViewReader& views, BytesView begin, BytesView end) const;

 private:
  std::vector<Bytes> keys_;
  std::vector<std::vector<Digest>> levels_;
};

/// Does `range` hold every record of [begin, end) in a tree of `root`, and nothing but its
/// neighbours beside? Returns the records within [begin, end). Error failed with a sentence.
Result<std::vector<std::pair<Bytes, Bytes>>> check_range_complete(const StateTree::Range& range,
                                                                  BytesView begin, BytesView end,
                                                                  const StateRoot& root);

}  // namespace tallinn
