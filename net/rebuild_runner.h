// RebuildRunner: makes a running node's views anew when a file asks for it (docs/decisions/0026):
// as long as `request` is there, it is wanted. Who may write in the node's data folder may ask, and
// nobody else. Shell: one thread of its own, at the others' priority, so that a commit never waits
// for a write whose thread is not run; the committer's thread does the last step. When it is done
// the file is removed; removed by anybody else, the rebuild is given up; when it fails, the file is
// renamed to `request`.failed, with the reason in it. A node that is stopped meanwhile begins again
// with its next start.
#pragma once

#include "net/committer.h"
#include "net/rebuild_beside.h"

namespace tallinn {

struct RebuildStatus {
  enum class State : std::uint8_t { idle, running, failed } state = State::idle;
  RebuildBeside::Progress progress;
  std::int64_t seconds = 0;  ///< since it began, or that it took
  std::string reason;        ///< why it failed
  // Since the node was started.
  std::uint64_t finished = 0;
  std::uint64_t differences = 0;  ///< records found unequal by them
};
std::string_view spell(RebuildBeside::Phase phase);

struct RebuildEvent {
  enum class Kind : std::uint8_t { started, goes_on, finished, given_up, failed } kind;
  RebuildStatus status;
};

class RebuildRunner {
 public:
  struct Options {
    std::string request;  ///< path of the file
    Clock clock;
    std::function<void(const RebuildEvent&)> tell;  ///< on its thread
    std::chrono::milliseconds look_every{1'000};    ///< for the file
    std::int64_t tell_every_ms = 10'000;            ///< while one is under way
  };
  /// All outlive it; the store and the charter are the committer's.
  RebuildRunner(Store& store, const Charter& charter, Committer& committer, Options options);
  /// Gives up what is under way, within one step.
  ~RebuildRunner();
  RebuildRunner(const RebuildRunner&) = delete;
  RebuildRunner& operator=(const RebuildRunner&) = delete;

  RebuildStatus status() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Where a node looks for the request, by its data folder.
std::string rebuild_request_path(const std::string& data);
/// Where it leaves the reason of a failure.
std::string rebuild_failure_path(const std::string& request);

}  // namespace tallinn
