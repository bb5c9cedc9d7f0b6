// RecordCache: view records read or written lately, between Views and a slow reader below.
// Pure; one caller at a time. Holds what is below, never anything else: the caller tells it each
// change as it is written below. Records under placed keys (record_keys.h) are many and scanned,
// hardly ever got: they pass. Memory: at most about twice `max_bytes`; what was not asked for while
// the last `max_bytes` came is let go. Cost of a hit: one hash lookup and a copy. Where it began
// over nothing, it knows of most keys that were never written that they are not there (2 MiB more).
#pragma once

#include <unordered_map>

#include "projections/views.h"

namespace tallinn {

class RecordCache final : public ViewReader {
 public:
  /// `below` must outlive it.
  explicit RecordCache(ViewReader& below, std::size_t max_bytes = 16u << 20);

  std::optional<Bytes> get(BytesView key) override;
  void scan(BytesView begin, BytesView end, const Visit& visit) override {
    below_.scan(begin, end, visit);
  }
  /// Is it known, without asking below, that exactly this is there?
  bool holds(BytesView key, BytesView value) const;
  /// These are below from now on.
  void written(const Views::Changes& changes);
  /// What is below is another one from now on.
  void clear();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(BytesView key) const { return std::hash<BytesView>{}(key); }
  };
  using Held = std::unordered_map<Bytes, Bytes, Hash, std::equal_to<>>;
  const Bytes& hold(Bytes key, Bytes value);

  ViewReader& below_;
  const std::size_t max_bytes_;
  Held young_;
  Held old_;  ///< let go whole when `young_` is full and takes its place
  std::size_t young_bytes_ = 0;
  std::optional<KeyFilter> written_;  ///< every key that is below; nothing: not known
};

}  // namespace tallinn
