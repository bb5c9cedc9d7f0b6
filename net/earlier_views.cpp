#include "net/earlier_views.h"

#include <algorithm>

#include "net/rebuild.h"

namespace tallinn {
namespace {

constexpr std::size_t kMostKept = 4;

Result<void> check_held(const Head& head, const Standpoint& standpoint, const Charter& charter) {
  if (!standpoint.sizes) return {};
  for (const auto& [log, size] : *standpoint.sizes)
    if (head.held_of(log) < size)
      return refuse(Code::not_found,
                    "only " + std::to_string(head.held_of(log).value()) + " entries of " +
                        charter.origin(log) + " are held here, " + std::to_string(size.value()) +
                        " are asked for: ask a node that holds them, or ask again later",
                    "known_on");
  return {};
}

}  // namespace

Result<std::shared_ptr<const EarlierView>> EarlierViews::at(const Head& head,
                                                            const Standpoint& standpoint) {
  if (auto held = check_held(head, standpoint, charter_); !held)
    return std::unexpected(held.error());
  const auto held = standpoint.sizes ? std::vector<HeldLog>{} : head.held;
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(
      kept_, [&](const Kept& one) { return one.standpoint == standpoint && one.held == held; });
  if (found != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, found);
    return found->view;
  }
  auto scratch = ScratchStore::make();
  if (!scratch) return std::unexpected(scratch.error());
  auto report = derive_views_at(*head.snapshot, charter_, standpoint, (*scratch)->store());
  if (!report) return refuse(Code::unavailable, report.error().detail);
  auto view = std::make_shared<EarlierView>();
  view->scratch = std::move(*scratch);
  view->known = std::move(report->known);
  kept_.push_front({standpoint, held, view});
  if (kept_.size() > kMostKept) kept_.pop_back();
  return view;
}

}  // namespace tallinn
