// PeerConnection: one Session over one TLS stream, after the handshake.
// Shell, coroutines; everything but what is said to be of any thread runs on the connection's
// strand. Private to net/peer_link*.cpp.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <limits>

#include "net/committer.h"
#include "net/lag_clock.h"
#include "net/session.h"

namespace tallinn {

using PeerStrand = boost::asio::strand<boost::asio::io_context::executor_type>;
using PeerStream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;

inline constexpr std::int64_t kLagsNot = -1;
inline constexpr std::int64_t kClockUnknown = std::numeric_limits<std::int64_t>::min();

class PeerConnection : public std::enable_shared_from_this<PeerConnection> {
 public:
  struct Options {
    std::string peer;  ///< its name
    Hello hello;       ///< ours; `held` is filled when it starts
    SessionLimits limits;
    Clock clock;
    HeadSlot& heads;
    Committer& committer;
    /// Withheld values go to other offices, and to nobody else.
    ValuesToo values = ValuesToo::leave_out;
    std::function<void(const std::shared_ptr<PeerConnection>&)> on_ready;
    /// Where the peer had entries that this node lacked: now and then, and once when all of them
    /// are here.
    std::function<void(const std::shared_ptr<PeerConnection>&)> on_progress;
  };
  PeerConnection(PeerStrand strand, std::shared_ptr<PeerStream> stream, Options options);

  /// Until the connection has ended, for whatever reason.
  boost::asio::awaitable<void> run();

  // Any thread.
  void changed(std::shared_ptr<const std::vector<PeerNote>> notes,
               std::shared_ptr<const std::vector<HeldLog>> held);
  void stop(std::string reason);
  /// Ends it without a word: there are newer ones of its peer (PeerFault::flood).
  void give_way();
  std::uint64_t lag() const { return lag_; }
  /// Since when this node has held what the peer lacks; nothing: it lacks nothing.
  std::optional<UnixMillis> lags_since() const;
  /// Session::clock_ahead_ms.
  std::optional<std::int64_t> clock_ahead_ms() const;
  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint64_t bytes_written() const { return bytes_written_; }
  bool ready() const { return ready_; }
  std::uint64_t to_fetch() const { return to_fetch_; }
  /// What each side lacked when they met.
  std::uint64_t to_fetch_at_first() const { return to_fetch_at_first_; }
  std::uint64_t to_send_at_first() const { return to_send_at_first_; }

  const std::string& peer() const { return options_.peer; }
  /// After run().
  const std::string& reason() const { return reason_; }
  std::optional<PeerFault> fault() const { return peer_fault_; }
  /// Did a session that was at work end because the link broke, and not by what either side said?
  bool link_broke() const { return link_broke_; }

 private:
  static boost::asio::awaitable<void> write_loop(std::shared_ptr<PeerConnection> self);
  static boost::asio::awaitable<void> tick_loop(std::shared_ptr<PeerConnection> self);
  void on_wrote(std::size_t count);
  void execute();
  void operator()(SendBytes command);
  void operator()(PeerReady command);
  void operator()(MakeBatch command);
  void operator()(CommitBatch command);
  void operator()(TakeNote command);
  void operator()(MakeValues command);
  void operator()(TakeValues command);
  /// Asks an office for withheld values that are not here, of the events behind `after`.
  void ask_for_values(const std::optional<Uuid>& after);
  void operator()(CloseSession command);
  void abort(std::string reason, std::optional<PeerFault> fault = std::nullopt);
  void close_socket();

  PeerStrand strand_;
  std::shared_ptr<PeerStream> stream_;
  Options options_;
  Session session_;
  boost::asio::steady_timer write_wake_;
  boost::asio::steady_timer note_wake_;
  boost::asio::steady_timer tick_;
  std::deque<Bytes> out_;
  std::size_t out_bytes_ = 0;
  std::optional<UnixMillis> writing_since_;
  std::size_t notes_pending_ = 0;
  UnixMillis asked_;      ///< for values
  bool closing_ = false;  ///< flush, then close
  bool done_ = false;
  std::string reason_;
  std::optional<PeerFault> peer_fault_;
  bool link_broke_ = false;
  std::atomic<std::uint64_t> lag_ = 0;
  std::atomic<std::uint64_t> to_fetch_ = 0;
  std::atomic<std::uint64_t> to_fetch_at_first_ = 0;
  std::atomic<std::uint64_t> to_send_at_first_ = 0;
  bool catching_up_ = false;
  UnixMillis told_;  ///< that it is catching up
  LagClock lag_clock_;
  std::atomic<std::int64_t> lags_since_ms_ = kLagsNot;
  std::atomic<std::int64_t> clock_ahead_ms_ = kClockUnknown;
  std::atomic<std::uint64_t> bytes_read_ = 0;
  std::atomic<std::uint64_t> bytes_written_ = 0;
  std::atomic<bool> ready_ = false;
};

}  // namespace tallinn
