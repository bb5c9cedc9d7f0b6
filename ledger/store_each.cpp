// Many reads at once (StoreReader::get_each, scan_each): one by one of any reader, and of RocksDB
// in key order.
#include <algorithm>
#include <array>
#include <numeric>

#include "ledger/store_engine.h"
#include "ledger/store_settings.h"

namespace tallinn {
namespace {

constexpr std::size_t kKeysAtOnce = 128;  ///< whose blocks are held in memory together
/// Bytes: of two blocks. Without it RocksDB asks the kernel to read ahead also what its cache has.
constexpr std::size_t kReadahead = 16u << 10;

/// Where each stands, by what `key` answers for it.
template <class Item, class Key>
std::vector<std::size_t> in_order(std::span<const Item> items, Key key) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t at) { return key(items[at]); });
  return order;
}

}  // namespace

Stored<void> StoreReader::get_each(Family family, std::span<const BytesView> keys,
                                   const VisitOf& visit) const {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto value = get(family, keys[i]);
    if (!value) return std::unexpected(value.error());
    if (*value) visit(i, keys[i], **value);
  }
  return {};
}

Stored<void> StoreReader::scan_each(Family family, std::span<const Range> ranges,
                                    const VisitOf& visit) const {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const auto scanned =
        scan(family, ranges[i].begin, ranges[i].end, [&](BytesView key, BytesView value) {
          visit(i, key, value);
          return Next::go_on;
        });
    if (!scanned) return scanned;
  }
  return {};
}

Stored<void> Engine::get_each(const Moment& at, Family wanted, std::span<const BytesView> keys,
                              const StoreReader::VisitOf& visit) const {
  rocksdb::ColumnFamilyHandle* const from = family(at.generation.get(), wanted);
  if (from == nullptr) return {};
  const rocksdb::ReadOptions read = read_options(wanted, at.snapshot);
  const auto order = in_order(keys, [](BytesView key) { return key; });
  std::array<rocksdb::Slice, kKeysAtOnce> some;
  std::array<rocksdb::PinnableSlice, kKeysAtOnce> values;
  std::array<rocksdb::Status, kKeysAtOnce> statuses;
  for (std::size_t first = 0; first < order.size(); first += kKeysAtOnce) {
    const std::size_t count = std::min(kKeysAtOnce, order.size() - first);
    for (std::size_t i = 0; i < count; ++i) some.at(i) = slice(keys[order[first + i]]);
    db_->MultiGet(read, from, count, some.data(), values.data(), statuses.data(), true);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t which = order[first + i];
      if (statuses.at(i).ok())
        visit(which, keys[which], view(values.at(i)));
      else if (!statuses.at(i).IsNotFound())
        return std::unexpected(fault_of(statuses.at(i), "cannot read the store"));
      values.at(i).Reset();
    }
  }
  return {};
}

Stored<void> Engine::scan_each(const Moment& at, Family wanted, std::span<const Range> ranges,
                               const StoreReader::VisitOf& visit) const {
  rocksdb::ColumnFamilyHandle* const from = family(at.generation.get(), wanted);
  if (from == nullptr || ranges.empty()) return {};
  rocksdb::ReadOptions read = read_options(wanted, at.snapshot);
  read.auto_prefix_mode = false;  // the ranges have no bound that RocksDB knows of
  read.total_order_seek = true;
  read.readahead_size = kReadahead;
  const std::unique_ptr<rocksdb::Iterator> at_key(db_->NewIterator(read, from));
  for (const std::size_t which : in_order(ranges, [](const Range& one) { return one.begin; })) {
    const auto& [begin, end] = ranges[which];
    for (at_key->Seek(slice(begin)); at_key->Valid(); at_key->Next()) {
      const BytesView key = view(at_key->key());
      if (!end.empty() && key >= end) break;
      visit(which, key, view(at_key->value()));
    }
    if (!at_key->status().ok())
      return std::unexpected(fault_of(at_key->status(), "cannot read the store"));
  }
  return {};
}

}  // namespace tallinn
