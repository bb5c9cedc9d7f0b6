// A rebuild beside a running node: asked for by a file, with threads as in a node.
#include "net/rebuild_runner.h"

#include <doctest/doctest.h>

#include <fstream>
#include <thread>

#include "net/rebuilt.h"
#include "tests/net/office.h"
#include "tests/sim/beside.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

using Kind = RebuildEvent::Kind;

/// An office with 40 lines of the record, and a runner that looks for the file all the time.
struct Asked {
  TemporaryFolder folder;
  std::filesystem::path request{rebuild_request_path(folder.path().string())};
  Office office;
  std::mutex mutex;
  std::vector<RebuildEvent> events;
  std::function<void(Kind)> on_event = [](Kind) {};
  std::unique_ptr<RebuildRunner> runner;

  Asked() { REQUIRE(office.record(40) > 20); }
  ~Asked() { runner.reset(); }

  void run() {
    runner = std::make_unique<RebuildRunner>(
        *office.store, office.charter, *office.committer,
        RebuildRunner::Options{.request = request.string(),
                               .clock = [this] { return UnixMillis(office.now_ms); },
                               .tell =
                                   [this](const RebuildEvent& event) {
                                     {
                                       const std::lock_guard lock(mutex);
                                       events.push_back(event);
                                     }
                                     on_event(event.kind);
                                   },
                               .look_every = std::chrono::milliseconds(5),
                               .tell_every_ms = 0});
  }
  void ask() const { std::ofstream(request).put('\n'); }
  bool is_asked() const { return std::filesystem::exists(request); }
  bool was(Kind kind) {
    const std::lock_guard lock(mutex);
    return std::ranges::any_of(events, [&](const auto& event) { return event.kind == kind; });
  }
  template <class Done>
  void wait(Done done) {
    for (int i = 0; i < 4'000 && !done(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    REQUIRE(done());
  }
};

}  // namespace

TEST_CASE("asked by a file, a node makes its views anew while it admits, and removes the file") {
  Asked asked;
  asked.run();
  asked.ask();
  std::size_t line = 40;
  while (asked.is_asked() && line < public_record().size())
    asked.office.post(asked.office.line(line++));
  asked.wait([&] { return asked.was(Kind::finished); });
  CHECK_FALSE(asked.is_asked());
  CHECK(asked.was(Kind::started));
  CHECK(asked.was(Kind::goes_on));
  const RebuildStatus status = asked.runner->status();
  CHECK(status.state == RebuildStatus::State::idle);
  CHECK(status.finished == 1);
  CHECK(status.differences == 0);
  CHECK(asked.office.store->generation() == 1);
  sim::check_made_of_entries(*asked.office.store, asked.office.charter);
  const auto last = last_rebuilt(*asked.office.store);
  REQUIRE((last && *last));
  CHECK((*last)->at == UnixMillis(asked.office.now_ms));
  const auto told = asked.office.get("/api/v1/status").body;
  CHECK(told.find(R"("rebuild":{"state":"idle","last":{"time":1800000000,"entries":)") !=
        std::string::npos);
  CHECK(asked.office.post(asked.office.line(0)).status == 200);
}

TEST_CASE("a rebuild whose file is removed is given up, and leaves the views that there are") {
  Asked asked;
  asked.on_event = [&](Kind kind) {
    if (kind == Kind::started) std::filesystem::remove(asked.request);
  };
  asked.run();
  asked.ask();
  asked.wait([&] { return asked.was(Kind::given_up); });
  CHECK_FALSE(asked.was(Kind::finished));
  CHECK(asked.office.store->generation() == 0);
  CHECK(asked.runner->status().state == RebuildStatus::State::idle);
  CHECK(asked.office.post(asked.office.line(0)).status == 200);
}

TEST_CASE("a node that is stopped gives a rebuild up and begins it again with its next start") {
  Asked asked;
  std::atomic<bool> begun = false;
  asked.on_event = [&](Kind kind) {
    if (kind != Kind::started) return;
    begun = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // the stop is asked for meanwhile
  };
  asked.run();
  asked.ask();
  asked.wait([&] { return begun.load(); });
  asked.runner.reset();
  CHECK(asked.was(Kind::given_up));
  CHECK(asked.is_asked());
  CHECK(asked.office.store->generation() == 0);
  asked.run();
  asked.wait([&] { return asked.was(Kind::finished); });
  CHECK_FALSE(asked.is_asked());
  CHECK(asked.office.store->generation() == 1);
}

TEST_CASE("a rebuild that fails leaves the reason in a file, and the node goes on") {
  Asked asked;
  const LogId log{OfficeNumber(1), Epoch(1)};
  const Bytes key = place_key({log, LogIndex(3)});
  const Bytes whole = **asked.office.store->get(Family::entries, key);
  REQUIRE(asked.office.store->commit(one_put(Family::entries, key, "rotten")).has_value());
  asked.run();
  asked.ask();
  asked.wait([&] { return asked.was(Kind::failed); });
  CHECK_FALSE(asked.is_asked());
  CHECK(asked.runner->status().state == RebuildStatus::State::failed);
  std::string reason;
  std::getline(std::ifstream(rebuild_failure_path(asked.request.string())), reason);
  CHECK(reason == asked.runner->status().reason);
  CHECK(reason.find("does not decode") != std::string::npos);
  CHECK(asked.office.store->generation() == 0);
  CHECK(asked.office.post(asked.office.line(0)).status == 200);
  REQUIRE(asked.office.store->commit(one_put(Family::entries, key, whole)).has_value());
  asked.ask();
  asked.wait([&] { return asked.was(Kind::finished); });
}
