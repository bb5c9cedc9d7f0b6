#include "net/rebuild_log.h"

namespace tallinn {

void say_rebuild(NodeLog& log, const RebuildEvent& event) {
  const RebuildStatus& status = event.status;
  const std::string done = std::to_string(status.progress.done);
  const std::string entries = std::to_string(status.progress.entries);
  const std::string seconds = std::to_string(status.seconds);
  switch (event.kind) {
    case RebuildEvent::Kind::started:
      return log.say(NodeLog::Level::info, "rebuild_started", {{"entries", entries}});
    case RebuildEvent::Kind::goes_on:
      return log.say(NodeLog::Level::info, "rebuild",
                     {{"phase", std::string(spell(status.progress.phase))},
                      {"done", done},
                      {"entries", entries},
                      {"seconds", seconds}});
    case RebuildEvent::Kind::finished:
      return log.say(NodeLog::Level::info, "rebuild_finished",
                     {{"entries", done}, {"seconds", seconds}});
    case RebuildEvent::Kind::given_up:
      return log.say(NodeLog::Level::info, "rebuild_given_up", {{"done", done}});
    case RebuildEvent::Kind::failed:
      return log.say(NodeLog::Level::error, "rebuild_failed", {{"reason", status.reason}});
  }
}

}  // namespace tallinn
