#include "net/earlier_views.h"

#include <algorithm>

#include "net/rebuild.h"

namespace tallinn {
namespace {

constexpr std::size_t kMostKept = 4;

}  // namespace

Result<std::shared_ptr<const EarlierView>> EarlierViews::at(const Head& head,
                                                            const Standpoint& standpoint) {
  if (auto covers = check_covers(head.held, standpoint, charter_); !covers)
    return std::unexpected(covers.error());
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
