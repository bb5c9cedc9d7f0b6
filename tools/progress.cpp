#include "tools/progress.h"

#include <ostream>

namespace tallinn {

namespace {

constexpr std::int64_t kBarEvery_ms = 100;
constexpr std::int64_t kLineEvery_ms = 5'000;
constexpr std::uint64_t kBarCells = 30;
constexpr std::string_view kClearLine = "\r\x1b[K";

std::string bar_of(std::uint64_t done, std::uint64_t total) {
  const std::uint64_t filled = total == 0 ? 0 : std::min(kBarCells, done * kBarCells / total);
  std::string bar = "[";
  for (std::uint64_t i = 0; i < kBarCells; ++i) bar += i < filled ? '#' : '.';
  return bar + "] ";
}

}  // namespace

Progress::Progress(Shell& shell, std::string what, std::uint64_t total)
    : shell_(shell), what_(std::move(what)), total_(total), last_(shell.clock()) {}

Progress::~Progress() {
  if (drawn_) shell_.err << kClearLine << std::flush;
}

void Progress::at(std::uint64_t done, std::uint64_t total) {
  total_ = total;
  const UnixMillis now = shell_.clock();
  const std::int64_t every = shell_.progress == ProgressKind::bar ? kBarEvery_ms : kLineEvery_ms;
  if (now.value() - last_.value() < every) return;
  last_ = now;
  std::string counts = std::to_string(done);
  if (total_ > 0) counts += " of " + std::to_string(total_);
  if (shell_.progress == ProgressKind::bar) {
    shell_.err << kClearLine << what_ << ' ' << (total_ > 0 ? bar_of(done, total_) : "") << counts
               << std::flush;
    drawn_ = true;
  } else {
    shell_.err << what_ << ": " << counts << '\n' << std::flush;
  }
}

}  // namespace tallinn
