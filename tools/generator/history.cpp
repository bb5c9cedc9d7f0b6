#include "tools/generator/history.h"

#include "tools/generator/scene.h"

namespace tallinn::generator {

History::History(const HistoryOptions& options, const KeyLookup& keys)
    : scene_(std::make_unique<Scene>(options, keys)) {}

History::~History() = default;

std::optional<GivenEvent> History::next() {
  if (given_ == scene_->options.events) return std::nullopt;
  while (scene_->given.empty()) scene_->run_next();  // a programme always follows
  GivenEvent next = std::move(scene_->given.front());
  scene_->given.pop_front();
  ++given_;
  return next;
}

std::size_t History::awaited() const {
  return scene_->awaited();
}

}  // namespace tallinn::generator
