// fuzz_test: every target for a moment, or one of them for as long as asked.
//
//   fuzz_test                     every target, TALLINN_FUZZ_MS milliseconds each (default 1,000)
//   fuzz_test TARGET SECONDS      one of them
//   fuzz_test TARGET --input FILE what a file holds, once
//   fuzz_test TARGET --keep FILE...  what they hold, once, and from now on in every test run
//
// What fails is printed with the seed that makes it again: TALLINN_FUZZ_SEED (default: 1). Samples
// are run unchanged first, then all inputs of tests/fuzz/corpus/TARGET.txt (tests/fuzz/kept.h),
// which are changed like them.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "tests/fuzz/kept.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/target.h"
#include "tests/support/files.h"

/// Of the sanitizers' runtime; not there without it.
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace {

using namespace tallinn;
using Clock = std::chrono::steady_clock;

struct Now {
  std::string_view target;
  std::uint64_t seed = 0;
  std::uint64_t run = 0;
  Bytes input = {};
};
Now& now() {
  static Now one;
  return one;
}

/// Async-signal-unsafe, and all that is left to do.
void tell_input() {
  const Now& one = now();
  std::fprintf(stderr, "\nfuzz: target %.*s, seed %llu, run %llu, input of %zu bytes:\n%s\n",
               static_cast<int>(one.target.size()), one.target.data(),
               static_cast<unsigned long long>(one.seed), static_cast<unsigned long long>(one.run),
               one.input.size(), to_hex(one.input).c_str());
}

void on_death(int) {
  tell_input();
  std::_Exit(1);
}

/// On a stack of its own: the other one may be what ran out.
void tell_of(int signal) {
  static std::array<char, 1u << 16> room;
  stack_t stack{};
  stack.ss_sp = room.data();
  stack.ss_size = room.size();
  sigaltstack(&stack, nullptr);
  struct sigaction action{};
  action.sa_handler = on_death;
  action.sa_flags = SA_ONSTACK;
  sigaction(signal, &action, nullptr);
}

std::uint64_t number_of(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

void run(const fuzz::Target& target, Bytes input) {
  now().input = std::move(input);
  target.run(now().input);
  ++now().run;
}

void run_for(const fuzz::Target& target, std::chrono::milliseconds time) {
  now() = {.target = target.name, .seed = number_of("TALLINN_FUZZ_SEED", 1)};
  std::vector<Bytes> samples = target.samples();
  for (Bytes& kept : fuzz::kept_inputs(target.name)) samples.push_back(std::move(kept));
  for (const Bytes& sample : samples) run(target, sample);
  fuzz::Mutator mutator(now().seed);
  const auto end = Clock::now() + time;
  while (Clock::now() < end)
    for (int i = 0; i < 16; ++i) run(target, mutator.next(samples));
  std::cout << target.name << ": " << now().run << " runs" << std::endl;
}

void keep(const fuzz::Target& target, std::span<char* const> files) {
  now() = {.target = target.name};
  std::vector<Bytes> inputs;
  for (const char* file : files) {
    inputs.push_back(test::read_file(file));
    run(target, inputs.back());
  }
  std::cout << target.name << ": " << fuzz::keep_inputs(target.name, inputs) << " more kept\n";
}

/// Neither is a target forgotten, nor what is kept for one that has another name now.
bool each_has_its_file(std::span<const fuzz::Target> targets) {
  std::vector<std::string> names;
  for (const auto& target : targets) names.emplace_back(target.name);
  std::ranges::sort(names);
  std::vector<std::string> odd;
  std::ranges::set_symmetric_difference(names, fuzz::kept_targets(), std::back_inserter(odd));
  for (const std::string& name : odd)
    std::cerr << "fuzz: there is only one of the target " << name << " and the file "
              << "tests/fuzz/corpus/" << name << ".txt (fuzz_test TARGET --keep FILE)\n";
  return odd.empty();
}

int usage() {
  std::cerr << "usage: fuzz_test [TARGET SECONDS | TARGET --input FILE | TARGET --keep FILE...]; "
               "targets:";
  for (const auto& target : fuzz::all_targets()) std::cerr << ' ' << target.name;
  std::cerr << '\n';
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0) return 3;
  doctest::Context fixtures;  // the fixtures of other tests check themselves
  fixtures.setAsDefaultForAssertsOutOfTestCases();
  if (__sanitizer_set_death_callback != nullptr)
    __sanitizer_set_death_callback(tell_input);
  else
    tell_of(SIGSEGV);
  tell_of(SIGABRT);
  const auto targets = fuzz::all_targets();
  if (argc == 1) {
    if (!each_has_its_file(targets)) return 1;
    const std::chrono::milliseconds time(number_of("TALLINN_FUZZ_MS", 1'000));
    for (const auto& target : targets) run_for(target, time);
    return 0;
  }
  const auto target = std::ranges::find(targets, std::string_view(argv[1]), &fuzz::Target::name);
  if (target == targets.end() || argc < 3) return usage();
  if (std::string_view(argv[2]) == "--input") {
    if (argc != 4) return usage();
    now() = {.target = target->name};
    run(*target, test::read_file(argv[3]));
    return 0;
  }
  if (std::string_view(argv[2]) == "--keep") {
    keep(*target, std::span(argv, static_cast<std::size_t>(argc)).subspan(3));
    return 0;
  }
  run_for(*target, std::chrono::seconds(std::strtoull(argv[2], nullptr, 10)));
  return 0;
}
