#include "tools/progress.h"

#include <ostream>

#include "tools/language/numbers.h"

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

Progress::Progress(Shell& shell, std::string_view what, std::uint64_t total, std::string_view stage)
    : shell_(shell), what_(tell(shell.language, what)), total_(total), last_(shell.clock()) {
  if (!stage.empty()) what_ += ", " + tell(shell.language, stage);
}

Progress::~Progress() {
  if (drawn_) shell_.err << kClearLine << std::flush;
}

void Progress::at(std::uint64_t done, std::uint64_t total) {
  total_ = total;
  const UnixMillis now = shell_.clock();
  const std::int64_t every = shell_.progress == ProgressKind::bar ? kBarEvery_ms : kLineEvery_ms;
  if (now.value() - last_.value() < every) return;
  last_ = now;
  const std::string counts = total_ > 0
                                 ? tell(shell_.language, "{0:count} of {1:count}", done, total_)
                                 : format_number(shell_.language, std::to_string(done));
  if (shell_.progress == ProgressKind::bar) {
    shell_.err << kClearLine << what_ << ' ' << (total_ > 0 ? bar_of(done, total_) : "") << counts
               << std::flush;
    drawn_ = true;
  } else {
    shell_.err << what_ << ": " << counts << '\n' << std::flush;
  }
}

}  // namespace tallinn
