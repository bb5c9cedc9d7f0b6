// The feed: server-sent events of what this node comes to know (net/feed.h). A reader that is slow
// keeps nothing here but its position; one that was cut off goes on after the id that it saw last.
#include "net/feed.h"
#include "net/problem.h"
#include "net/routes_table.h"

namespace tallinn {
namespace {

constexpr std::size_t kMostFeeds = 64;
constexpr std::size_t kEventsAtOnce = 256;
constexpr int kAliveEveryMs = 15'000;  // so that proxies and readers know that the link holds
constexpr std::string_view kAlive = ": alive\n\n";

class Feed final : public HttpStream, public std::enable_shared_from_this<Feed> {
 public:
  Feed(Routes::Impl& routes, FeedPosition position)
      : routes_(routes), feeds_(routes.feeds), position_(std::move(position)) {
    ++*feeds_;
  }
  ~Feed() override { --*feeds_; }

  void next(std::function<void(std::string)> ready) override {
    const auto head = routes_.heads.get();
    auto part = feed_after(*head, routes_.options.charter, position_, kEventsAtOnce);
    if (!part) return ready({});  // the store is broken: status says so
    position_ = std::move(part->position);
    if (!part->text.empty()) return ready(std::move(part->text));
    const UnixMillis alive(routes_.options.clock().value() + kAliveEveryMs);
    auto go_on = [self = shared_from_this(), ready](HeadWait::Why why) {
      if (why == HeadWait::Why::late) return ready(std::string(kAlive));
      self->next(ready);
    };
    routes_.wait_for_head({.revision = head->revision, .deadline = alive, .go_on = go_on});
  }

 private:
  Routes::Impl& routes_;
  std::shared_ptr<std::atomic<std::size_t>> feeds_;
  FeedPosition position_;
};

/// After the last event that the reader saw, or from now on.
Result<FeedPosition> position_of(const RouteCall& call) {
  auto after = call.request.header("last-event-id");
  if (after.empty()) after = call.parameter("after");
  if (!after.empty()) return parse_feed_position(after, call.charter());
  auto end = feed_end(*call.head);
  if (!end) return refuse(Code::unavailable, end.error().detail);
  return *std::move(end);
}

}  // namespace

void answer_feed(RouteCall call, HttpRespond respond) {
  auto position = position_of(call);
  if (!position) return respond(problem(position.error()));
  if (*call.routes.feeds >= call.routes.at_most(kMostFeeds))
    return respond(problem({.code = Code::unavailable,
                            .detail = "this node feeds as many readers as it can: try again later, "
                                      "or ask another node of the ledger"}));
  HttpAnswer answer(HttpResponse{.content_type = "text/event-stream",
                                 .headers = {{"Cache-Control", "no-store"}}});
  answer.stream = std::make_shared<Feed>(call.routes, *std::move(position));
  respond(std::move(answer));
}

}  // namespace tallinn
