// Progress of long work: a bar on a terminal, a plain line now and then elsewhere.
// Shell: prints on standard error. One thread.
#pragma once

#include <cstdint>
#include <string>

#include "tools/shell.h"

namespace tallinn {

class Progress {
 public:
  /// `what`: "audit"; `stage`: what it is at, if there is more than one; `total`: 0 when it is not
  /// known.
  Progress(Shell& shell, std::string_view what, std::uint64_t total, std::string_view stage = {});
  /// Clears the bar.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void at(std::uint64_t done) { at(done, total_); }
  void at(std::uint64_t done, std::uint64_t total);

 private:
  Shell& shell_;
  std::string what_;
  std::uint64_t total_;
  UnixMillis last_;
  bool drawn_ = false;
};

}  // namespace tallinn
