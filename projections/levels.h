// Levels: how far a fact has come, for every listing, receipt and page.
// Pure. Levels are never part of the views: they depend on what a reader holds, not on entries.
#pragma once

#include <string_view>

#include "events/strong.h"

namespace tallinn {

enum class Level : std::uint8_t { recorded, replicated, settled };
constexpr std::string_view level_name(Level level) {
  return level == Level::settled      ? "settled"
         : level == Level::replicated ? "replicated"
                                      : "recorded";
}

class LevelReader {
 public:
  virtual ~LevelReader() = default;
  /// recorded: durable here; replicated: within the sizes that every other office in force has
  /// cosigned; settled: its Lamport time is at or below the settled one.
  virtual Level level_of(const Position& position) = 0;
};

}  // namespace tallinn
