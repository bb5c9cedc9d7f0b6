#include "ledger/order.h"

#include <algorithm>

#include "events/assert.h"

namespace tallinn {

namespace {

std::uint64_t greatest(std::optional<Lamport> previous_own, std::span<const Lamport> seen) {
  std::uint64_t greatest = previous_own ? previous_own->value() : 0;
  for (Lamport last : seen) greatest = std::max(greatest, last.value());
  return greatest;
}

bool counts(const OfficeView& view, const PromiseView& promise) {
  return view.held_size >= promise.own_size;
}

Lamport horizon(const OfficeView& view) {
  Lamport horizon = view.last_lamport;
  for (const PromiseView& promise : view.promises)
    if (counts(view, promise)) horizon = std::max(horizon, promise.lamport);
  return horizon;
}

/// How much of `log` the office said it holds, in one statement; nothing said is 0.
std::uint64_t said(std::span<const HeldLog> statement, const HeldLog& log) {
  std::uint64_t size = 0;
  for (const HeldLog& held : statement) {
    if (held.log.office != log.log.office) continue;
    if (held.log.epoch == log.log.epoch) size = std::max(size, held.size.value());
    if (held.log.epoch > log.log.epoch && held.size.value() > 0) return log.size.value();
  }
  return size;
}

std::uint64_t said_to_hold(const OfficeView& view, const HeldLog& log) {
  std::uint64_t size = said(view.seen, log);
  for (const PromiseView& promise : view.promises)
    if (counts(view, promise)) size = std::max(size, said(promise.holds, log));
  return size;
}

}  // namespace

Lamport next_lamport(std::optional<Lamport> previous_own,
                     std::span<const Lamport> last_of_each_seen_log) {
  const std::uint64_t last = greatest(previous_own, last_of_each_seen_log);
  TALLINN_ASSERT(last < UINT64_MAX);
  return Lamport(last + 1);
}

Result<void> check_lamport(Lamport claimed, std::optional<Lamport> previous_own,
                           std::span<const Lamport> last_of_each_seen_log) {
  const std::uint64_t last = greatest(previous_own, last_of_each_seen_log);
  if (claimed.value() == 0 || claimed.value() - 1 != last)
    return refuse(Code::failed, "the Lamport time is " + std::to_string(claimed.value()) +
                                    ", one more than " + std::to_string(last) + " was expected");
  return {};
}

Stored<Lamport> settled(const SettledInput& input, LamportReader& lamports) {
  TALLINN_ASSERT(!input.offices.empty());
  Lamport settled(UINT64_MAX);
  for (const OfficeView& view : input.offices) settled = std::min(settled, horizon(view));
  for (const OfficeView& view : input.offices) {
    for (const HeldLog& log : input.logs) {
      if (log.log.office == view.office) continue;
      const std::uint64_t size = said_to_hold(view, log);
      if (size >= log.size.value()) continue;
      const auto uncovered = lamports.lamport_at(log.log, LogIndex(size));
      if (!uncovered) return uncovered;
      if (uncovered->value() == 0)
        return broken(Fault::corrupt, "an entry is stored with Lamport time 0");
      settled = std::min(settled, Lamport(uncovered->value() - 1));
    }
  }
  return settled;
}

}  // namespace tallinn
