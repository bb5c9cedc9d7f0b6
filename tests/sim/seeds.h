// How many seeds a test of random runs tries: TALLINN_SIM_SEEDS, or a few.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace tallinn::sim {

inline std::uint64_t seed_count() {
  const char* asked = std::getenv("TALLINN_SIM_SEEDS");
  return asked != nullptr ? std::strtoull(asked, nullptr, 10) : 20;
}

}  // namespace tallinn::sim
