// The inputs that are kept for each target, in tests/fuzz/corpus/TARGET.txt: each is a line in
// quotes, where `\\`, `\n`, `\0` and `\xff` stand for what does not print and everything else for
// itself; a line that begins with # says something of the next. Read by both drivers. Shell (reads
// and writes these files).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/bytes.h"

namespace tallinn::fuzz {

/// In the file's order; none when there is no file. Ends the process at a line that is not as it
/// would be written.
std::vector<Bytes> kept_inputs(std::string_view target);

/// Adds those that are not there yet, at the end; how many.
std::size_t keep_inputs(std::string_view target, std::span<const Bytes> inputs);

/// The targets that have a file, by name.
std::vector<std::string> kept_targets();

}  // namespace tallinn::fuzz
