// fuzz_libfuzzer (preset `fuzz`): the same targets under libFuzzer, which sees what of the code an
// input reaches. TALLINN_FUZZ_TARGET names the one; `--targets` prints all of them, one a line;
// `-help=1` tells the rest. The target's samples and what is kept for it (tests/fuzz/kept.h) are
// put into the folder TALLINN_FUZZ_SAMPLES, which is given as one of those to begin with.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <sodium.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/kept.h"
#include "tests/fuzz/target.h"

namespace {

const tallinn::fuzz::Target& chosen() {
  static const auto targets = tallinn::fuzz::all_targets();
  const char* name = std::getenv("TALLINN_FUZZ_TARGET");
  const auto found = std::ranges::find(targets, std::string_view(name == nullptr ? "" : name),
                                       &tallinn::fuzz::Target::name);
  if (found != targets.end()) return *found;
  std::fputs("TALLINN_FUZZ_TARGET names one of those that --targets prints\n", stderr);
  std::exit(2);
}

void print_targets() {
  for (const auto& target : tallinn::fuzz::all_targets())
    std::printf("%.*s\n", static_cast<int>(target.name.size()), target.name.data());
}

void write_samples(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  std::size_t n = 0;
  for (const auto& some : {chosen().samples(), tallinn::fuzz::kept_inputs(chosen().name)})
    for (const tallinn::Bytes& sample : some)
      std::ofstream(folder / ("sample-" + std::to_string(n++)), std::ios::binary) << sample;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (*argc == 2 && std::string_view((*argv)[1]) == "--targets") {
    print_targets();
    std::exit(0);
  }
  static doctest::Context fixtures;
  fixtures.setAsDefaultForAssertsOutOfTestCases();
  if (sodium_init() < 0) std::exit(3);
  chosen();
  if (const char* folder = std::getenv("TALLINN_FUZZ_SAMPLES")) write_samples(folder);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen().run({reinterpret_cast<const char*>(data), size});
  return 0;
}
