// What every benchmark shares: a stopwatch, a folder that goes away, and a line of results with its
// ratio.
#pragma once

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "events/strong.h"

namespace tallinn::bench {

/// Ends the run: what it needs is not there.
[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "tools/bench: %s\n", what.c_str());
  std::exit(3);
}

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

class ScratchFolder {
 public:
  explicit ScratchFolder(const std::string& below) {
    std::string name = below + "/tallinn-bench-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::perror("mkdtemp"), std::exit(3);
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::string path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// Milliseconds since 1970, as a node's clock tells them.
inline UnixMillis wall_clock() {
  return UnixMillis(std::chrono::duration_cast<std::chrono::milliseconds>(
                        std::chrono::system_clock::now().time_since_epoch())
                        .count());
}

inline void print_rate(const std::string& what, double per_second) {
  std::printf("%-58s %12.0f /s\n", what.c_str(), per_second);
}

/// A rate beside the limit of this machine, measured in the same run.
inline void print_ratio(const std::string& what, double per_second, double limit, double aim) {
  const double ratio = per_second / limit;
  std::printf("%-58s %12.0f /s   ratio %.2f   aim %.2f   %s\n", what.c_str(), per_second, ratio,
              aim, ratio >= aim ? "met" : "NOT MET");
}

/// How long each took, ascending, beside the aim for the 99th of a hundred.
inline void print_times(const std::string& what, const std::vector<double>& sorted_ms,
                        double aim_ms) {
  const double p99 = sorted_ms[sorted_ms.size() * 99 / 100];
  std::printf("%-58s p50 %.3f ms   p99 %.3f ms   max %.3f ms   aim p99 %.0f ms   %s\n",
              what.c_str(), sorted_ms[sorted_ms.size() / 2], p99, sorted_ms.back(), aim_ms,
              p99 < aim_ms ? "met" : "NOT MET");
}

}  // namespace tallinn::bench
