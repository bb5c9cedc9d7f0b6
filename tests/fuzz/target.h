// Fuzz targets: everything that reads bytes from outside, each with samples of what it takes and
// with what must hold whatever it is given. Used by tests/fuzz/main.cpp, which changes the samples
// blindly but quickly, and under clang by libFuzzer (tests/fuzz/libfuzzer.cpp).
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "events/assert.h"
#include "events/bytes.h"

namespace tallinn::fuzz {

struct Target {
  std::string_view name;
  std::vector<Bytes> (*samples)();
  void (*run)(BytesView bytes);  ///< ends the process when something does not hold
};

std::span<const Target> event_targets();
std::span<const Target> ledger_targets();
std::span<const Target> bundle_targets();
std::span<const Target> net_targets();
std::span<const Target> import_targets();
std::span<const Target> tool_targets();

/// All of these, in this order.
std::vector<Target> all_targets();

/// A reader that takes only what its writer makes: what was taken is written again.
template <class Parsed, class Format>
void check_written_again(BytesView bytes, const Parsed& parsed, Format format) {
  if (parsed) TALLINN_ASSERT(format(*parsed) == bytes);
}

}  // namespace tallinn::fuzz
