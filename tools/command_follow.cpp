#include <chrono>
#include <ostream>
#include <thread>

#include "net/http_client.h"
#include "tools/commands.h"
#include "tools/event_stream.h"
#include "tools/json_output.h"
#include "tools/language/numbers.h"
#include "tools/messages.h"
#include "tools/text_table.h"

namespace tallinn {

namespace {

namespace json = boost::json;
using std::chrono::seconds;

/// Longer than the node is ever silent.
constexpr int kSilenceMs = 45'000;
constexpr seconds kFirstPause{1};
constexpr seconds kLongestPause{30};

struct FollowArguments {
  std::string node;
  std::string after;
  std::uint64_t limit = 0;
  bool as_json = false;
};

class Follower {
 public:
  Follower(const FollowArguments& options, HttpClient client, Shell& shell)
      : options_(options), client_(std::move(client)), shell_(shell), after_(options.after) {}

  /// Until the limit is reached, or what comes is no feed.
  void run() {
    for (seconds pause = kFirstPause;;) {
      const std::uint64_t before = told_;
      const auto followed = follow_once();
      if (failed_ || reached_limit()) return;
      const bool lost = !followed && followed.error().code == Code::unavailable;
      if (!followed && (!lost || !connected_)) return shell_.fail("follow", followed.error());
      if (told_ > before) pause = kFirstPause;
      const std::string why =
          followed ? std::string("the node has ended the feed") : followed.error().detail;
      shell_.err << "tallinn: follow: "
                 << tallinn::tell(shell_.language, "{0:part}; again in {1:count} s", why,
                                  pause.count())
                 << '\n';
      std::this_thread::sleep_for(pause);
      pause = std::min(2 * pause, kLongestPause);
    }
  }

 private:
  bool reached_limit() const { return options_.limit > 0 && told_ >= options_.limit; }

  Result<void> follow_once() {
    HttpRequest request{.method = "GET", .target = "/api/v1/feed"};
    request.headers.emplace_back("Accept", "text/event-stream");
    if (!after_.empty()) request.headers.emplace_back("Last-Event-ID", after_);
    EventStream events;
    return client_.stream(request, [&](std::string_view part) {
      connected_ = true;
      const auto read = events.read(part, [&](const ServerSentEvent& event) { tell(event); });
      if (!read) fail(read.error());
      shell_.out.flush();
      return failed_ || reached_limit() ? HttpClient::Next::stop : HttpClient::Next::go_on;
    });
  }

  void fail(const Error& error) {
    failed_ = true;
    shell_.fail("follow", error);
  }

  void tell(const ServerSentEvent& event) {
    if (failed_ || reached_limit()) return;
    boost::system::error_code failed;
    json::value data = json::parse(event.data, failed);
    if (failed || !data.is_object())
      return fail({.code = Code::malformed, .detail = "what the node sends is not its feed"});
    after_ = event.id;
    ++told_;
    json::object& told = data.get_object();
    if (!options_.as_json) {
      shell_.out << line_of(told) << '\n';
      return;
    }
    json::object out{{"event", event.type}, {"at", event.id}};
    for (auto& [key, value] : told) out[key] = std::move(value);
    shell_.out << json::serialize(out) << '\n';
  }

  /// "27 Nov 2026 09:30:00.000Z tallinn-mechanism.example/kyiv/1 17 PledgeAnnounced EE recorded
  /// <id>"
  std::string line_of(const json::object& told) const {
    std::string out;
    for (const char* key : {"recorded", "origin", "index", "type", "author", "level", "id"}) {
      const json::value* value = told.if_contains(key);
      if (value == nullptr) continue;
      std::string cell = cell_of(*value, shell_.language);
      if (std::string_view(key) == "recorded") cell = format_short_date(shell_.language, cell);
      cell = word(shell_.language, cell);
      out += (out.empty() ? "" : " ") + printable(cell);
    }
    return out;
  }

  const FollowArguments& options_;
  HttpClient client_;
  Shell& shell_;
  std::string after_;  ///< the last event that was told
  std::uint64_t told_ = 0;
  bool connected_ = false;
  bool failed_ = false;
};

void run(const FollowArguments& options, Shell& shell) {
  auto client = HttpClient::make(options.node, {.timeout_ms = kSilenceMs});
  if (!client) return shell.fail("follow", client.error());
  Follower(options, *std::move(client), shell).run();
}

}  // namespace

void add_follow_command(CLI::App& app, Shell& shell) {
  CLI::App* command = app.add_subcommand(
      "follow", "print what a node comes to know: entries, and how far each has come");
  auto options = std::make_shared<FollowArguments>();
  command->add_option("--node", options->node, "address of the node")->required();
  command->add_option("--after", options->after,
                      "go on after this place (`at` of a line printed with --json); none: from the "
                      "first entry on; without it, from now on");
  command->add_option("--limit", options->limit, "end after so many lines");
  command->add_flag("--json", options->as_json, "print one JSON object a line");
  command->footer(
      "Goes on until it is interrupted; when the connection is lost it is made again, and nothing "
      "is left out or told\n"
      "twice. A place is the same at every node of the ledger.\n"
      "Example: tallinn follow --node http://127.0.0.1:8481\n"
      "         tallinn follow --node http://127.0.0.1:8481 --after none --json");
  command->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
