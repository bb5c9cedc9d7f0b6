// swarm: runs seeds of the simulation, several processes side by side, and says what they met. The
// first seed that breaks a promise ends all of it: it is named with the command that repeats it.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <iostream>

#include "tests/sim/swarm/run.h"

namespace {

using namespace tallinn::swarm;
using Watch = std::chrono::steady_clock;

struct Options {
  std::uint64_t first = 1;
  std::uint64_t last = 0;  ///< 0: no end but the minutes
  unsigned steps = 0;
  double minutes = 0;  ///< 0: no end but the last seed
  unsigned jobs = 1;
  bool digests = false;  ///< a line for each seed, to compare two runs of the same ones
};

/// What a process leaves in memory that its parent sees, also when it aborts.
struct Slot {
  Tally tally;
  std::uint64_t seed = 0;
  unsigned step = 0;
  std::uint64_t digest = 0;
  bool broken = false;
  char why[4'000] = {};
};
struct Shared {
  bool stop = false;
  Slot slots[64];
};

/// Every `jobs`-th seed from `first + job` on.
void run_seeds(const Options& options, unsigned job, Shared& shared, Watch::time_point begun) {
  Slot& slot = shared.slots[job];
  for (std::uint64_t seed = options.first + job;; seed += options.jobs) {
    const std::chrono::duration<double> passed = Watch::now() - begun;
    const bool over = options.minutes > 0 && passed.count() > options.minutes * 60;
    if (shared.stop || over || (options.last > 0 && seed > options.last)) return;
    slot.seed = seed;
    Tally tally;
    try {
      slot.digest = run_seed(seed, options.steps, tally, [&](unsigned step) {
        slot.step = step;
        if (shared.stop) _exit(0);  // another process has found something
      });
    } catch (const Broken& broken) {
      slot.broken = true;
      std::strncpy(slot.why, broken.what(), sizeof slot.why - 1);
      shared.stop = true;
      return;
    }
    slot.tally.add(tally);
    if (options.digests) {
      std::printf("seed %llu: %016llx\n", static_cast<unsigned long long>(seed),
                  static_cast<unsigned long long>(slot.digest));
      std::fflush(stdout);
    }
  }
}

std::string commit_of_source() {
  std::string commit = "unknown";
  if (std::FILE* git =
          popen("git -C '" TALLINN_SOURCE_DIR "' describe --always --dirty 2>/dev/null", "r")) {
    char line[100] = {};
    if (std::fgets(line, sizeof line, git) != nullptr)
      commit = std::string(line, std::strcspn(line, "\n"));
    pclose(git);
  }
  return commit;
}

void tell_broken(const Slot& slot, const Options& options, const std::string& program) {
  std::cout << "\nseed " << slot.seed << ", step " << slot.step << ", commit " << commit_of_source()
            << ":\n  " << slot.why << "\n  plan: " << told(plan_of(slot.seed, options.steps))
            << "\n  again: " << program << " --seed " << slot.seed;
  if (options.steps != 0) std::cout << " --steps " << options.steps;
  std::cout << "\n";
}

void tell_sums(const Tally& sum, double seconds) {
  std::printf("%llu seeds in %.0f s: %.1f seeds/s, %.0f simulated hours\n",
              static_cast<unsigned long long>(sum.seeds), seconds,
              static_cast<double>(sum.seeds) / std::max(seconds, 0.001),
              static_cast<double>(sum.simulated_ms) / 3'600'000);
  std::printf(
      "%llu steps, %llu events recorded, %llu refused, %llu sessions, %llu epochs opened, %llu for "
      "two histories\n",
      static_cast<unsigned long long>(sum.steps), static_cast<unsigned long long>(sum.events),
      static_cast<unsigned long long>(sum.refused), static_cast<unsigned long long>(sum.sessions),
      static_cast<unsigned long long>(sum.epochs),
      static_cast<unsigned long long>(sum.contradictions));
  std::printf("faults:");
  for (std::size_t i = 0; i < kTroubles; ++i)
    std::printf(" %s %llu", std::string(spell(static_cast<Trouble>(i))).c_str(),
                static_cast<unsigned long long>(sum.faults[i]));
  std::printf("\nchecks:");
  for (std::size_t i = 0; i < kPromises; ++i)
    std::printf(" %s %llu", std::string(kPromiseNames[i]).c_str(),
                static_cast<unsigned long long>(sum.checks[i]));
  std::printf("\n");
}

int run(const Options& options, const std::string& program) {
  void* memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 2;
  auto& shared = *new (memory) Shared;
  const auto begun = Watch::now();
  std::vector<pid_t> children;
  for (unsigned job = 0; job < options.jobs; ++job) {
    const pid_t child = fork();
    if (child == 0) {
      run_seeds(options, job, shared, begun);
      _exit(0);
    }
    children.push_back(child);
  }
  bool broken = false;
  for (unsigned job = 0; job < options.jobs; ++job) {
    int status = 0;
    waitpid(children[job], &status, 0);
    Slot& slot = shared.slots[job];
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      slot.broken = shared.stop = true;
      std::strncpy(slot.why, "the process was ended: an assertion or a crash, above",
                   sizeof slot.why - 1);
    }
    if (slot.broken) tell_broken(slot, options, program);
    broken = broken || slot.broken;
  }
  Tally sum;
  for (unsigned job = 0; job < options.jobs; ++job) sum.add(shared.slots[job].tally);
  tell_sums(sum, std::chrono::duration<double>(Watch::now() - begun).count());
  if (options.first == options.last)
    std::printf("digest of what happened: %016llx\n",
                static_cast<unsigned long long>(shared.slots[0].digest));
  return broken ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Runs seeds of the simulation of two offices, a mirror and all faults");
  Options options;
  std::uint64_t seed = 0;
  std::uint64_t count = 0;
  app.add_option("--seed", seed, "one seed");
  app.add_option("--first", options.first, "first seed");
  app.add_option("--count", count, "so many seeds from the first on");
  app.add_option("--steps", options.steps, "steps of each; 0: the seed chooses");
  app.add_option("--minutes", options.minutes, "for so long; without --count: no other end");
  app.add_option("--jobs", options.jobs, "processes")->check(CLI::Range(1, 64));
  app.add_flag("--digests", options.digests, "also a digest of what happened in each seed");
  CLI11_PARSE(app, argc, argv);
  if (seed != 0) {
    options.first = options.last = seed;
    options.jobs = 1;
  } else if (count != 0) {
    options.last = options.first + count - 1;
  } else if (options.minutes <= 0) {
    options.last = options.first + 19;
  }
  return run(options, argv[0]);
}
