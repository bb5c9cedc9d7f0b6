#include "net/put_off_timer.h"

namespace tallinn {
namespace {

using Time = std::chrono::steady_clock::time_point;

}  // namespace

struct PutOffTimer::State : std::enable_shared_from_this<State> {
  State(const boost::asio::any_io_executor& strand, std::function<void()> what)
      : timer(strand), then(std::move(what)) {}

  /// Only an earlier time than the armed one needs the timer.
  void arm_by_due() {
    if (due >= armed) return;
    armed = due;
    timer.expires_at(armed);  // a wait before this one ends with an error
    timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error) self->ran_out();
    });
  }
  void ran_out() {
    armed = Time::max();
    if (due > std::chrono::steady_clock::now()) return arm_by_due();
    due = Time::max();
    then();
  }

  boost::asio::steady_timer timer;
  std::function<void()> then;
  Time due = Time::max();
  Time armed = Time::max();
};

PutOffTimer::PutOffTimer(const boost::asio::any_io_executor& strand, std::function<void()> then)
    : state_(std::make_shared<State>(strand, std::move(then))) {}

PutOffTimer::~PutOffTimer() {
  if (state_->then) end();
}

void PutOffTimer::end() {
  never();
  state_->then = nullptr;
  state_->timer.cancel();
}

void PutOffTimer::put_off(std::chrono::milliseconds wait) {
  state_->due = std::chrono::steady_clock::now() + wait;
  state_->arm_by_due();
}

void PutOffTimer::never() {
  state_->due = Time::max();
}

}  // namespace tallinn
