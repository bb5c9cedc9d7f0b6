#include "net/peer_link_connection.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "ledger/store_lacking.h"
#include "net/awaiting.h"
#include "net/make_batch.h"
#include "net/write_in_slices.h"

namespace tallinn {
namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kPeerReadBytes = 64u << 10;
constexpr std::size_t kMaxOutBytes = 16u << 20;  ///< of a peer that does not read
constexpr std::size_t kMaxNotesPending =
    64;  ///< then nothing is read until the committer has taken some
constexpr milliseconds kTick{250};
constexpr milliseconds kFlushWithin{500};
constexpr std::int64_t kWriteWithinMs = 30'000;  ///< one slice
constexpr std::int64_t kTellEveryMs = 10'000;
constexpr std::int64_t kAskEveryMs = 60'000;

}  // namespace

PeerConnection::PeerConnection(PeerStrand strand, std::shared_ptr<PeerStream> stream,
                               Options options)
    : strand_(std::move(strand)),
      stream_(std::move(stream)),
      options_(std::move(options)),
      session_(
          [this] {
            Hello hello = options_.hello;
            if (const auto head = options_.heads.get()) hello.held = head->held;
            return hello;
          }(),
          options_.peer, options_.limits, options_.clock(), options_.values),
      write_wake_(strand_),
      note_wake_(strand_),
      tick_(strand_) {}

asio::awaitable<void> PeerConnection::run() {
  const auto self = shared_from_this();
  asio::co_spawn(strand_, write_loop(self), asio::detached);
  asio::co_spawn(strand_, tick_loop(self), asio::detached);
  session_.start();
  execute();
  std::vector<char> buffer(kPeerReadBytes);
  while (!done_) {
    auto [error, count] = co_await stream_->async_read_some(asio::buffer(buffer), kTuple);
    if (error) {
      abort("the connection ended: " + error.message());
      break;
    }
    bytes_read_ += count;
    session_.on_bytes(BytesView(buffer.data(), count), options_.clock());
    execute();
    while (notes_pending_ > kMaxNotesPending && !done_) {
      note_wake_.expires_after(milliseconds(1'000));
      co_await note_wake_.async_wait(kTuple);
    }
  }
  done_ = true;
  ready_ = false;
  tick_.cancel();
  write_wake_.cancel();
  close_socket();
}

asio::awaitable<void> PeerConnection::write_loop(std::shared_ptr<PeerConnection> self) {
  const auto wrote = [raw = self.get()](std::size_t count) { raw->on_wrote(count); };
  while (!self->done_) {
    if (self->out_.empty()) {
      if (self->closing_) break;
      self->write_wake_.expires_after(std::chrono::hours(1));
      co_await self->write_wake_.async_wait(kTuple);
      continue;
    }
    const Bytes bytes = std::move(self->out_.front());
    self->out_.pop_front();
    self->writing_since_ = self->options_.clock();
    const auto error = co_await write_in_slices(*self->stream_, bytes, wrote);
    self->writing_since_.reset();
    if (error) {
      self->abort("the connection ended: " + error.message());
      co_return;
    }
  }
  // What was said last arrives only if the peer's own bytes are still read for a moment.
  boost::system::error_code ignored;
  self->stream_->lowest_layer().shutdown(tcp::socket::shutdown_send, ignored);
  self->write_wake_.expires_after(kFlushWithin);
  co_await self->write_wake_.async_wait(kTuple);
  self->done_ = true;
  self->close_socket();
}

void PeerConnection::on_wrote(std::size_t count) {
  writing_since_ = options_.clock();
  out_bytes_ -= count;
  bytes_written_ += count;
  session_.on_written(out_bytes_);
  execute();
}

asio::awaitable<void> PeerConnection::tick_loop(std::shared_ptr<PeerConnection> self) {
  while (!self->done_) {
    self->tick_.expires_after(kTick);
    co_await self->tick_.async_wait(kTuple);
    if (self->done_) co_return;
    const UnixMillis now = self->options_.clock();
    if (self->writing_since_ && now.value() - self->writing_since_->value() > kWriteWithinMs)
      self->abort("the peer reads nothing", PeerFault::backlog);
    if (self->catching_up_ && now.value() - self->told_.value() > kTellEveryMs) {
      self->told_ = now;
      self->options_.on_progress(self);
    }
    self->session_.on_written(self->out_bytes_);
    self->session_.on_tick(now);
    if (self->ready_ && now.value() - self->asked_.value() > kAskEveryMs)
      self->ask_for_values(std::nullopt);
    self->execute();
  }
}

void PeerConnection::execute() {
  for (auto commands = session_.take_commands(); !commands.empty();
       commands = session_.take_commands())
    for (SessionCommand& command : commands)
      std::visit([this](auto& one) { (*this)(std::move(one)); }, command);
  to_fetch_ = session_.to_fetch_entries();
  if (catching_up_ && to_fetch_ == 0) {
    catching_up_ = false;
    options_.on_progress(shared_from_this());
  }
  clock_ahead_ms_ = session_.clock_ahead_ms().value_or(kClockUnknown);
  lag_ = session_.lag_entries();
  lag_clock_.look(options_.clock(), session_.held(), session_.peer_held());
  const auto behind_since = lag_clock_.behind_since();
  lags_since_ms_ = behind_since ? behind_since->value() : kLagsNot;
}

std::optional<UnixMillis> PeerConnection::lags_since() const {
  const std::int64_t since = lags_since_ms_;
  return since == kLagsNot ? std::nullopt : std::optional(UnixMillis(since));
}

std::optional<std::int64_t> PeerConnection::clock_ahead_ms() const {
  const std::int64_t ahead = clock_ahead_ms_;
  return ahead == kClockUnknown ? std::nullopt : std::optional(ahead);
}

void PeerConnection::operator()(SendBytes command) {
  out_bytes_ += command.bytes.size();
  if (out_bytes_ > kMaxOutBytes)
    return abort("the peer does not read what it is sent", PeerFault::backlog);
  out_.push_back(std::move(command.bytes));
  write_wake_.cancel();
}

void PeerConnection::operator()(PeerReady command) {
  ready_ = true;
  to_fetch_at_first_ = session_.to_fetch_entries();
  to_send_at_first_ = session_.lag_entries();
  catching_up_ = to_fetch_at_first_ > 0;
  told_ = options_.clock();
  options_.on_ready(shared_from_this());
  options_.committer.greet(command.hello.held,
                           [self = shared_from_this()](std::vector<PeerNote> notes) {
                             asio::post(self->strand_, [self, notes = std::move(notes)] {
                               self->session_.greet(notes);
                               self->session_.on_written(self->out_bytes_);
                               if (const auto head = self->options_.heads.get())
                                 self->session_.on_held(head->held);
                               self->ask_for_values(std::nullopt);
                               self->execute();
                             });
                           });
}

void PeerConnection::operator()(MakeBatch command) {
  const auto head = options_.heads.get();
  auto batch = make_batch(*head->snapshot, head->given(), command.peer_held, options_.values,
                          command.most_bytes);
  if (batch)
    session_.on_batch_made(std::move(*batch));
  else
    session_.stop("the store could not be read: " + batch.error().detail);
}

void PeerConnection::operator()(CommitBatch command) {
  options_.committer.take(
      std::move(command.batch),
      [self = shared_from_this()](Result<void> taken, std::vector<HeldLog> held) {
        asio::post(self->strand_, [self, taken = std::move(taken), held = std::move(held)] {
          self->session_.on_batch_committed(taken, held);
          self->execute();
        });
      });
}

void PeerConnection::operator()(TakeNote command) {
  ++notes_pending_;
  options_.committer.take(std::move(command.note), [self = shared_from_this()](Result<void> taken) {
    asio::post(self->strand_, [self, taken = std::move(taken)] {
      --self->notes_pending_;
      self->note_wake_.cancel();
      if (!taken) self->session_.on_note_refused(taken.error());
      self->execute();
    });
  });
}

void PeerConnection::operator()(MakeValues command) {
  auto values = values_of(*options_.heads.get()->snapshot, command.events, command.most_bytes);
  if (values)
    session_.on_values_made(std::move(*values));
  else
    session_.stop("the store could not be read: " + values.error().detail);
}

void PeerConnection::operator()(TakeValues command) {
  options_.committer.take(std::move(command.values),
                          [self = shared_from_this(), up_to = command.up_to](bool taken) {
                            if (!taken) return;  // the store has failed, and says so elsewhere
                            asio::post(self->strand_, [self, up_to] {
                              self->ask_for_values(up_to);
                              self->execute();
                            });
                          });
}

void PeerConnection::ask_for_values(const std::optional<Uuid>& after) {
  if (options_.values != ValuesToo::include) return;
  asked_ = options_.clock();
  auto events = lacking_events(*options_.heads.get()->snapshot, after, kMostEventsWanted);
  if (!events) return session_.stop("the store could not be read: " + events.error().detail);
  session_.want(std::move(*events));
}

void PeerConnection::operator()(CloseSession command) {
  if (closing_) return;
  closing_ = true;
  ready_ = false;
  if (reason_.empty()) {
    reason_ = std::move(command.reason);
    peer_fault_ = command.fault;
  }
  write_wake_.cancel();
}

void PeerConnection::changed(std::shared_ptr<const std::vector<PeerNote>> notes,
                             std::shared_ptr<const std::vector<HeldLog>> held) {
  asio::post(strand_,
             [self = shared_from_this(), notes = std::move(notes), held = std::move(held)] {
               for (const PeerNote& note : *notes) self->session_.tell(note);
               self->session_.on_held(*held);
               self->execute();
             });
}

void PeerConnection::stop(std::string reason) {
  asio::post(strand_, [self = shared_from_this(), reason = std::move(reason)] {
    self->session_.stop(reason);
    self->execute();
  });
}

void PeerConnection::give_way() {
  asio::post(strand_, [self = shared_from_this()] {
    self->abort("newer connections of its peer took its place", PeerFault::flood);
  });
}

void PeerConnection::abort(std::string reason, std::optional<PeerFault> fault) {
  if (done_) return;
  done_ = true;
  link_broke_ = ready_ && !fault && !session_.closed();
  if (reason_.empty()) {
    reason_ = std::move(reason);
    peer_fault_ = fault;
  }
  close_socket();
}

void PeerConnection::close_socket() {
  boost::system::error_code ignored;
  stream_->lowest_layer().close(ignored);
  note_wake_.cancel();
  write_wake_.cancel();
}

}  // namespace tallinn
