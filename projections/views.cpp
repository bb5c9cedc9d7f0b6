#include "projections/views.h"

#include <algorithm>

#include "events/assert.h"
#include "events/wire.h"

namespace tallinn {
namespace {

constexpr std::size_t kMany = 256;  ///< changes, from which on a search among them takes its time
constexpr std::size_t kFilterBits = std::size_t{1} << 17;  ///< 16 KiB

}  // namespace

Bytes after_prefix(BytesView prefix) {
  Bytes out(prefix);
  while (!out.empty() && static_cast<std::uint8_t>(out.back()) == 0xff) out.pop_back();
  if (!out.empty()) out.back() = static_cast<char>(static_cast<std::uint8_t>(out.back()) + 1);
  return out;
}

void ViewReader::get_each(std::span<const Bytes> keys, const VisitOf& visit) {
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (const auto value = get(keys[i])) visit(i, keys[i], *value);
}

void ViewReader::scan_each(std::span<const Range> ranges, const VisitOf& visit) {
  for (std::size_t i = 0; i < ranges.size(); ++i)
    scan(ranges[i].begin, ranges[i].end, [&](BytesView key, BytesView value) {
      visit(i, key, value);
      return Next::go_on;
    });
}

std::optional<Bytes> Views::get(BytesView key) {
  if (filter_ && !filter_->may_hold(key)) return below_.get(key);
  if (const auto found = changes_.find(key); found != changes_.end()) return found->second;
  return below_.get(key);
}

void Views::scan(BytesView begin, BytesView end, const Visit& visit) {
  if (!end.empty() && end <= begin) return;
  auto ours = changes_.lower_bound(begin);
  const auto last = end.empty() ? changes_.end() : changes_.lower_bound(end);
  Next next = Next::go_on;
  const auto visit_ours = [&] {
    if (ours->second) next = visit(ours->first, *ours->second);
    ++ours;
  };
  below_.scan(begin, end, [&](BytesView key, BytesView value) {
    while (next == Next::go_on && ours != last && ours->first < key) visit_ours();
    if (next == Next::stop) return next;
    if (ours != last && ours->first == key)
      visit_ours();
    else
      next = visit(key, value);
    return next;
  });
  while (next == Next::go_on && ours != last) visit_ours();
}

template <class Key>
void Views::set(Key&& key, std::optional<Bytes> value, Below below) {
  const auto place = changes_.lower_bound(key);
  if (place != changes_.end() && place->first == key) {
    if (before_) before_->push_back({Bytes(key), std::move(place->second)});
    place->second = std::move(value);
  } else {
    if (before_)
      before_->push_back({Bytes(key), below == Below::ask ? below_.get(key) : std::nullopt});
    const auto made = changes_.emplace_hint(place, std::forward<Key>(key), std::move(value));
    add_to_filter(made->first);
  }
}

void Views::add_to_filter(BytesView key) {
  if (filter_) {
    filter_->add(key);
  } else if (changes_.size() == kMany) {
    filter_.emplace(kFilterBits);
    for (const auto& [changed, ignored] : changes_) filter_->add(changed);
  }
}

template void Views::set(BytesView&, std::optional<Bytes>, Below);
template void Views::set(Bytes&&, std::optional<Bytes>, Below);

void Views::put_new(Bytes key, Bytes value) {
  set(std::move(key), std::move(value), Below::has_none);
}

void Views::erase(BytesView key) {
  set(key, std::nullopt);
}

void Views::begin_undo() {
  before_.emplace();
}

std::vector<Change> Views::take_undo() {
  TALLINN_ASSERT(before_.has_value());
  std::vector<Change> out = std::move(*before_);
  before_.reset();
  std::ranges::stable_sort(out, {}, &Change::key);
  const auto later =
      std::ranges::unique(out, {}, &Change::key);  // the first of equals is what was before
  out.erase(later.begin(), later.end());
  return out;
}

void Views::undo(const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    if (change.before)
      put(change.key, *change.before);
    else
      erase(change.key);
  }
}

void Views::leave_out(std::vector<Change> changes) {
  TALLINN_ASSERT(!before_);
  for (Change& change : changes) {
    const auto [at, fresh] = changes_.try_emplace(std::move(change.key), std::move(change.before));
    if (fresh) add_to_filter(at->first);
  }
}

// Undo record: u32 count || (u16 key length || key || u8 present || u32 value length || value)...
Bytes encode_undo(const std::vector<Change>& changes) {
  Bytes out;
  put_be(out, static_cast<std::uint32_t>(changes.size()));
  for (const Change& change : changes) {
    put_framed16(out, change.key);
    put_be(out, static_cast<std::uint8_t>(change.before.has_value()));
    if (change.before) put_framed32(out, *change.before);
  }
  return out;
}

std::vector<Change> decode_undo(BytesView record) {
  WireReader in(record);
  std::vector<Change> out;
  const auto count = in.be<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    Change& change = out.emplace_back();
    change.key = in.framed16();
    if (in.be<std::uint8_t>() != 0) change.before = Bytes(in.framed32(0xffffffff));
  }
  TALLINN_ASSERT(in.done());
  return out;
}

}  // namespace tallinn
