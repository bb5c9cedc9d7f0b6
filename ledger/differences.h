// What a check of a store finds: stored records that are not what the entries say. Pure. Values
// copy. Keys are told in words, so that an operator can say which record it is.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "events/bytes.h"
#include "events/strong.h"
#include "ledger/family.h"

namespace tallinn {

/// "entries", "rows", ...: as docs/formats.md calls the column families.
std::string_view spell(Family family);

struct Difference {
  enum class Kind : std::uint8_t {
    missing,
    unexpected,  ///< nothing says that it should be there
    differs,
    unreadable,
    wrong,  ///< readable, but it does not hold
  } kind = Kind::differs;
  /// derived: can be made again from the entries. truth: only a backup or a peer has it.
  enum class Origin : std::uint8_t { derived, truth } origin = Origin::derived;
  Family family = Family::entries;
  std::string key;  ///< in words: "hash 17 of row 0"
  std::optional<LogId> log;
  std::optional<LogIndex> index;
  std::string detail;  ///< may be empty
};
std::string_view spell(Difference::Kind kind);

/// The key of a record in words: an event id, a need's name, bytes that do not print as \xNN.
std::string words_of_key(Family family, BytesView key);
/// Bytes with what does not print as \xNN.
std::string escaped(BytesView bytes);

/// All are counted; the first kMostKept are kept.
class Differences {
 public:
  static constexpr std::size_t kMostKept = 1'000;
  void add(Difference difference);
  const std::vector<Difference>& kept() const { return kept_; }
  std::uint64_t total() const { return total_; }
  std::uint64_t of(Family family) const { return counts_[static_cast<std::size_t>(family)]; }
  /// Of what no entry can give back.
  std::uint64_t of_truth() const { return truth_; }

 private:
  std::vector<Difference> kept_;
  std::array<std::uint64_t, kFamilies> counts_{};
  std::uint64_t total_ = 0;
  std::uint64_t truth_ = 0;
};

}  // namespace tallinn
