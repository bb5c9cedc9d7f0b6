// The bounds of everything a party may state. Over them an event is refused; none of them is ever
// lowered.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tallinn {

inline constexpr std::size_t kMaxEventBytes = 60'000;
inline constexpr std::size_t kMaxEntryBytes = 65'535;
inline constexpr std::size_t kMaxSignatures = 32;
inline constexpr std::size_t kMaxOffices = 16;
inline constexpr std::size_t kMaxListed = 200;  ///< lines, documents, identifiers, events
inline constexpr std::size_t kMaxWithheldValueBytes = 16'384;
inline constexpr std::uint32_t kMaxNameBytes = 64;
inline constexpr std::uint32_t kMaxShortText = 300;   ///< bytes of a title, a name, a reference
inline constexpr std::uint32_t kMaxLongText = 4'000;  ///< bytes of a reason, a note, a finding
inline constexpr std::int64_t kMaxAmountMinor = 1'000'000'000'000'000;
inline constexpr std::int64_t kMaxQuantity = 1'000'000'000;
inline constexpr std::int64_t kMaxFutureMillis = 24 * 3600 * 1000;

}  // namespace tallinn
