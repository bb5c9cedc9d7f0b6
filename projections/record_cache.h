// RecordCache: view records read or written lately, between Views and a slow reader below.
// Pure; one caller at a time. Holds what is below, never anything else: the caller tells it each
// change as it is written below. Records under placed keys (record_keys.h) are many and scanned,
// hardly ever got: they pass, or are remembered for `holds` only. Memory: at most about twice
// `max_bytes`, for either kind; what was not asked for while the last `max_bytes` came is let go.
// Cost of a hit: one hash lookup and a copy. Where it began over nothing, it knows of most keys
// that were never written that they are not there (2 MiB more).
#pragma once

#include <unordered_map>

#include "projections/views.h"

namespace tallinn {

class RecordCache final : public ViewReader {
 public:
  /// remembered: so that what is taken back and folded again need not be written again.
  enum class Placed : std::uint8_t { pass, remembered };
  /// `below` must outlive it.
  explicit RecordCache(ViewReader& below, Placed placed = Placed::pass,
                       std::size_t max_bytes = 16u << 20);

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
  /// Records in two generations: the older one is let go whole when the younger is full.
  class Lately {
   public:
    explicit Lately(std::size_t max_bytes) : max_bytes_(max_bytes) {}
    /// Lives until the next call that is not const.
    const Bytes* find(BytesView key) const;
    /// The same, and it is young again.
    const Bytes* ask(BytesView key);
    const Bytes& hold(Bytes key, Bytes value);
    void changed(const Bytes& key, const std::optional<Bytes>& value);
    void clear();

   private:
    struct Hash {
      using is_transparent = void;
      std::size_t operator()(BytesView key) const { return std::hash<BytesView>{}(key); }
    };
    using Held = std::unordered_map<Bytes, Bytes, Hash, std::equal_to<>>;

    const std::size_t max_bytes_;
    Held young_;
    Held old_;
    std::size_t young_bytes_ = 0;
  };

  ViewReader& below_;
  Lately records_;
  std::optional<Lately> placed_;
  std::optional<KeyFilter> written_;  ///< every key that is below; nothing: not known
};

}  // namespace tallinn
