// PutOffTimer: does one thing at a time that is put off again and again, as a connection's deadline
// is with every request: putting it off costs a look at the clock; the timer beneath is armed anew
// when it has run out, not before. Shell. Not thread-safe: everything on one strand; after `end`
// the object may go on any thread.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

namespace tallinn {

class PutOffTimer {
 public:
  /// `then` runs on `strand`, never after this object has gone.
  PutOffTimer(const boost::asio::any_io_executor& strand, std::function<void()> then);
  PutOffTimer(const PutOffTimer&) = delete;
  PutOffTimer& operator=(const PutOffTimer&) = delete;
  ~PutOffTimer();

  /// `wait` from now, instead of when it was due before.
  void put_off(std::chrono::milliseconds wait);
  void never();
  /// It does not run any more.
  void end();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tallinn
