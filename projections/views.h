// Views: the current state as records, key to value, read and changed through one interface.
// Pure. A record's key says what it is ("need/UA-2024-01"); its value is the wire form of a struct
// of projections/*_records.h. Keys are ordered bytewise; the state tree hashes all of them in that
// order, so nothing that depends on anything but entries and the charter may ever be written here.
#pragma once

#include <concepts>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "projections/key_filter.h"

namespace tallinn {

class ViewReader {
 public:
  virtual ~ViewReader() = default;
  virtual std::optional<Bytes> get(BytesView key) = 0;
  /// Every record with begin <= key < end in key order (empty `end`: to the last), until `visit`
  /// answers false. The views passed to `visit` live until it returns.
  enum class Next : std::uint8_t { go_on, stop };
  using Visit = std::function<Next(BytesView key, BytesView value)>;
  virtual void scan(BytesView begin, BytesView end, const Visit& visit) = 0;

  /// Many at once: what get() and scan() answer for each key and range, whatever their order; which
  /// of them it is, and what is there. From a snapshot of a store at less than half the cost of one
  /// by one. In no promised order, but for the records of one range: in key order.
  using VisitOf = std::function<void(std::size_t which, BytesView key, BytesView value)>;
  struct Range {
    Bytes begin;
    Bytes end;  ///< empty: to the last key
  };
  virtual void get_each(std::span<const Bytes> keys, const VisitOf& visit);
  virtual void scan_each(std::span<const Range> ranges, const VisitOf& visit);
};

/// The first key after every key that starts with `prefix`; empty when there is none.
Bytes after_prefix(BytesView prefix);

/// One record's value before a change; nothing: it did not exist.
struct Change {
  Bytes key;
  std::optional<Bytes> before;
  bool operator==(const Change&) const = default;
};

/// Changes held in memory over a reader that is not changed. `below` must outlive it.
class Views final : public ViewReader {
 public:
  explicit Views(ViewReader& below) : below_(below) {}
  /// No copies: over another Views must be said, `Views over(static_cast<ViewReader&>(below))`.
  Views(const Views&) = delete;
  Views& operator=(const Views&) = delete;

  /// Key to new value, or nothing for an erased record, in key order.
  using Changes = std::map<Bytes, std::optional<Bytes>, std::less<>>;

  std::optional<Bytes> get(BytesView key) override;
  void scan(BytesView begin, BytesView end, const Visit& visit) override;
  void put(BytesView key, Bytes value) { set(key, std::move(value)); }
  /// The same for a key made for the purpose, which is kept.
  template <std::same_as<Bytes> Key>
  void put(Key&& key, Bytes value) {
    set(std::move(key), std::move(value));
  }
  /// The same for a key that cannot be held yet, since it carries the place of the entry being
  /// folded: nothing below is asked what it was before.
  void put_new(Bytes key, Bytes value);
  void erase(BytesView key);

  /// Starts to note what each changed record was before; `take_undo` returns it in key order (each
  /// key once).
  void begin_undo();
  std::vector<Change> take_undo();
  /// Takes an entry's changes back: of several entries the last one first.
  void undo(const std::vector<Change>& changes);
  /// The same over views that nothing is folded into, of several entries the first one first: what
  /// a record was before the first of its changes is what it was before all of them.
  void leave_out(std::vector<Change> changes);

  /// Everything that may differ from `below`.
  const Changes& changes() const { return changes_; }
  /// Forgets the changes: the caller has written them below.
  void clear() {
    changes_.clear();
    filter_.reset();
  }
  /// Holds the changes of `above`, which are over this, instead of its own.
  void take_changes_of(Views& above) {
    changes_ = std::exchange(above.changes_, {});
    filter_ = std::exchange(above.filter_, std::nullopt);
  }

 private:
  enum class Below : std::uint8_t { ask, has_none };
  template <class Key>
  void set(Key&& key, std::optional<Bytes> value, Below below = Below::ask);
  void add_to_filter(BytesView key);

  ViewReader& below_;
  Changes changes_;
  std::optional<KeyFilter> filter_;  ///< of the keys of many changes
  std::optional<std::vector<Change>>
      before_;  // in the order of change, a key perhaps more than once
};

/// The undo record of one entry as it is stored, and back. Asserts on bytes that it did not write.
Bytes encode_undo(const std::vector<Change>& changes);
std::vector<Change> decode_undo(BytesView record);

/// No records at all: below an in-memory state.
class EmptyViews final : public ViewReader {
 public:
  std::optional<Bytes> get(BytesView) override { return std::nullopt; }
  void scan(BytesView, BytesView, const Visit&) override {}
};

}  // namespace tallinn
