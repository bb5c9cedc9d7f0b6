#include "net/rebuild_runner.h"

#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>

#include "ledger/file_text.h"

namespace tallinn {
namespace {

constexpr std::size_t kAtOnce = 256;      ///< entries or records in a step: some 10 ms
constexpr std::size_t kMostLeft = 1'024;  ///< entries that the committer folds; twice as many
                                          ///< each time that there were more
constexpr std::uintmax_t kSpareBytes = 256u << 20;

std::int64_t seconds_between(UnixMillis from, UnixMillis to) {
  return std::max<std::int64_t>(0, (to.value() - from.value()) / 1'000);
}

}  // namespace

std::string_view spell(RebuildBeside::Phase phase) {
  switch (phase) {
    case RebuildBeside::Phase::folding: return "folding";
    case RebuildBeside::Phase::taking_back: return "taking_back";
    case RebuildBeside::Phase::comparing: return "comparing";
    case RebuildBeside::Phase::ready: return "ready";
  }
  return "";
}

std::string rebuild_request_path(const std::string& data) {
  return (std::filesystem::path(data) / "rebuild").string();
}
std::string rebuild_failure_path(const std::string& request) {
  return request + ".failed";
}

struct RebuildRunner::Impl {
  Impl(Store& store_in, const Charter& charter_in, Committer& committer_in, Options options_in)
      : store(store_in),
        charter(charter_in),
        committer(committer_in),
        options(std::move(options_in)),
        thread([this](const std::stop_token& stop) { run(stop); }) {}

  using Kind = RebuildEvent::Kind;
  enum class Outcome : std::uint8_t { done, given_up };

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (is_wanted()) rebuild(stop);
      std::unique_lock lock(mutex);
      wake.wait_for(lock, stop, options.look_every, [] { return false; });
    }
  }

  bool is_wanted() const {
    std::error_code failed;
    return std::filesystem::exists(options.request, failed);
  }

  void rebuild(const std::stop_token& stop) {
    began = told = options.clock();
    set([](RebuildStatus& now) {
      now.state = RebuildStatus::State::running;
      now.progress = {};
      now.seconds = 0;
      now.reason.clear();
    });
    const auto outcome = make_and_place(stop);
    if (!outcome) return fail(outcome.error().detail);
    set([](RebuildStatus& now) { now.state = RebuildStatus::State::idle; });
    if (*outcome == Outcome::given_up) return tell(Kind::given_up);
    std::error_code kept;
    if (!std::filesystem::remove(options.request, kept) && kept)
      return fail("the views are made anew, but " + options.request +
                  " cannot be removed: " + kept.message());
    tell(Kind::finished);
  }

  Stored<Outcome> make_and_place(const std::stop_token& stop) {
    if (auto room = check_room(); !room) return std::unexpected(room.error());
    auto begun = RebuildBeside::begin(store, charter);
    if (!begun) return std::unexpected(begun.error());
    RebuildBeside& made = **begun;
    note(made);
    tell(Kind::started);
    for (std::size_t most_left = kMostLeft;; most_left *= 2) {
      for (auto phase = RebuildBeside::Phase::folding; phase != RebuildBeside::Phase::ready;) {
        const auto stepped = made.step(kAtOnce);
        if (!stepped) return std::unexpected(stepped.error());
        phase = *stepped;
        note(made);
        if (stop.stop_requested() || !is_wanted()) return Outcome::given_up;
      }
      const auto placed = place(made, most_left);
      if (!placed) return std::unexpected(placed.error());
      if (*placed) break;
    }
    if (auto dropped = store.drop_previous(); !dropped) return std::unexpected(dropped.error());
    note(made);
    set([&](RebuildStatus& now) {
      ++now.finished;
      now.differences += made.differences().total();
    });
    return Outcome::done;
  }

  Stored<bool> place(RebuildBeside& made, std::size_t most_left) {
    std::promise<Stored<bool>> placed;
    committer.take_views(made, most_left,
                         [&](Stored<bool> answer) { placed.set_value(std::move(answer)); });
    return placed.get_future().get();
  }

  /// A disk that is full would end the node's own work.
  Stored<void> check_room() const {
    std::error_code failed;
    const auto folder = std::filesystem::path(options.request).parent_path();
    const auto space = std::filesystem::space(folder, failed);
    if (failed) return broken(Fault::io, "cannot ask " + folder.string() + " for its free space");
    const std::uintmax_t wanted =
        2 * (store.bytes_of(Family::views) + store.bytes_of(Family::undo)) + kSpareBytes;
    if (space.available >= wanted) return {};
    return broken(Fault::io, "the disk has " + std::to_string(space.available >> 20) +
                                 " MiB free, and new views beside the old ones want " +
                                 std::to_string(wanted >> 20) + " MiB");
  }

  void note(const RebuildBeside& made) {
    const UnixMillis now = options.clock();
    set([&](RebuildStatus& shown) {
      shown.progress = made.progress();
      shown.seconds = seconds_between(began, now);
    });
    if (now.value() - told.value() < options.tell_every_ms) return;
    told = now;
    tell(Kind::goes_on);
  }

  void fail(const std::string& reason) {
    set([&](RebuildStatus& now) {
      now.state = RebuildStatus::State::failed;
      now.reason = reason;
    });
    std::error_code kept;
    const auto written = write_file_durably(rebuild_failure_path(options.request), reason + "\n");
    std::filesystem::remove(options.request, kept);
    if (kept || !written)
      set([](RebuildStatus& now) { now.reason += "; the data folder cannot be written to"; });
    tell(Kind::failed);
  }

  template <class Change>
  void set(Change&& change) {
    const std::lock_guard lock(mutex);
    change(state);
  }
  void tell(Kind kind) {
    RebuildEvent event{.kind = kind, .status = {}};
    set([&](const RebuildStatus& now) { event.status = now; });
    options.tell(event);
  }

  Store& store;
  const Charter& charter;
  Committer& committer;
  const Options options;
  UnixMillis began;
  UnixMillis told;
  mutable std::mutex mutex;
  std::condition_variable_any wake;
  RebuildStatus state;  // under `mutex`
  std::jthread thread;  // last: it uses all of these
};

RebuildRunner::RebuildRunner(Store& store, const Charter& charter, Committer& committer,
                             Options options)
    : impl_(std::make_unique<Impl>(store, charter, committer, std::move(options))) {}
RebuildRunner::~RebuildRunner() = default;

RebuildStatus RebuildRunner::status() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state;
}

}  // namespace tallinn
