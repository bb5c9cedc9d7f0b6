#include "ledger/store_compare.h"

namespace tallinn {

Stored<void> compare_range(const StoreReader& store, Family family, BytesView begin, BytesView end,
                           std::span<const KeyValue> expected, const OnKeyDifference& found) {
  std::size_t next = 0;
  const auto miss = [&] {
    found({Difference::Kind::missing, expected[next].first, expected[next].second, {}});
    ++next;
  };
  const auto scanned = store.scan(family, begin, end, [&](BytesView key, BytesView value) {
    while (next < expected.size() && expected[next].first < key) miss();
    if (next == expected.size() || expected[next].first != key) {
      found({Difference::Kind::unexpected, key, {}, value});
    } else {
      if (expected[next].second != value)
        found({Difference::Kind::differs, key, expected[next].second, value});
      ++next;
    }
    return StoreReader::Next::go_on;
  });
  if (!scanned) return scanned;
  while (next < expected.size()) miss();
  return {};
}

Stored<Compared> compare_some(const StoreReader& expected, const StoreReader& store, Family family,
                              BytesView begin, std::size_t most, const OnKeyDifference& found) {
  constexpr std::size_t kBytesAtOnce = 4u << 20;
  std::vector<KeyValue> records;
  std::size_t bytes = 0;
  const auto full = [&] { return records.size() >= most || bytes >= kBytesAtOnce; };
  const auto read = expected.scan(family, begin, {}, [&](BytesView key, BytesView value) {
    records.emplace_back(key, value);
    bytes += key.size() + value.size();
    return full() ? StoreReader::Next::stop : StoreReader::Next::go_on;
  });
  if (!read) return std::unexpected(read.error());
  Compared out{.records = records.size(), .begin = {}};
  if (full()) out.begin = records.back().first + Bytes(1, '\0');
  auto compared = compare_range(store, family, begin, out.begin.value_or(Bytes()), records, found);
  if (!compared) return std::unexpected(compared.error());
  return out;
}

Stored<std::uint64_t> compare_family(const StoreReader& expected, const StoreReader& store,
                                     Family family, BytesView from, const OnKeyDifference& found) {
  constexpr std::size_t kAtOnce = 1'024;
  std::uint64_t count = 0;
  for (std::optional<Bytes> begin(from); begin;) {
    auto some = compare_some(expected, store, family, *begin, kAtOnce, found);
    if (!some) return std::unexpected(some.error());
    count += some->records;
    begin = std::move(some->begin);
  }
  return count;
}

}  // namespace tallinn
