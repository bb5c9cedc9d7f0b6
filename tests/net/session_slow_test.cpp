// A session over a slow link: each side is known to hear, batches take seconds, and a long greeting
// waits its turn.
#include "tests/net/met_session.h"

namespace tallinn {
namespace {

using namespace test;

PeerBatch batch_of(std::size_t bytes) {
  constexpr std::size_t kEntryBytes = 50'000;
  PeerBatch batch;
  for (std::size_t at = 0; at < bytes; at += kEntryBytes)
    batch.entries.push_back(
        {kLog, LogIndex(at / kEntryBytes), Bytes(std::min(kEntryBytes, bytes - at), 'e')});
  batch.logs.push_back({kLog, LogSize(1), "checkpoint\n", {}});
  return batch;
}

std::size_t next_batch_bytes(Session& session) {
  const auto asked = of_kind<MakeBatch>(session.take_commands());
  REQUIRE(asked.size() == 1);
  return asked[0].most_bytes;
}

/// A session's batch of so many bytes is acknowledged after so long; how much it asks for next.
std::size_t after_ack(Session& session, std::size_t bytes, UnixMillis sent, std::int64_t took_ms) {
  const UnixMillis acked(sent.value() + took_ms);
  session.on_tick(sent);
  session.on_batch_made(batch_of(bytes));
  session.on_batch_made({});  // nothing to send behind it
  session.take_commands();
  for (std::int64_t ms = 0; ms < took_ms; ms += 1'000)
    session.on_bytes(encode_frame(Ping{}), UnixMillis(sent.value() + ms));
  session.take_commands();
  session.on_bytes(encode_frame(AckFrame{}), acked);
  return next_batch_bytes(session);
}

}  // namespace

TEST_CASE("who hears one long frame and says nothing pings, so that it is known to hear") {
  Session session = met(0, 0);
  session.take_commands();
  const Bytes note = encode_frame(NoteFrame{{NoteKind::checkpoint, std::string(9'000, 'n')}});
  std::vector<std::size_t> pinged;
  for (std::size_t s = 1; s <= 60; ++s) {
    const UnixMillis now = after_ms(static_cast<std::int64_t>(s) * 1'000);
    session.on_bytes(BytesView(note).substr(s - 1, 1), now);
    session.on_tick(now);
    if (count_sent(session.take_commands(), Ping{}) == 1) pinged.push_back(s);
  }
  CHECK_FALSE(session.closed());
  CHECK(pinged == std::vector<std::size_t>{1, 6, 11, 16, 21, 26, 31, 36, 41, 46, 51, 56});
}

TEST_CASE("of several pings on the way, a pong's time is of the one that it answers") {
  Session session = met(0, 0);
  session.on_tick(after_ms(1'000));
  session.on_tick(after_ms(6'000));
  CHECK(count_sent(session.take_commands(), Ping{}) == 2);
  session.on_bytes(encode_frame(Pong{after_ms(4'000)}), after_ms(7'000));
  CHECK(session.clock_ahead_ms() == 0);
  session.on_bytes(encode_frame(Pong{after_ms(0)}), after_ms(8'000));  // nobody has timed that one
  CHECK(session.clock_ahead_ms() == 0);
  session.on_tick(after_ms(13'000));
  session.on_bytes(encode_frame(Pong{after_ms(13'500)}), after_ms(14'000));
  CHECK(session.clock_ahead_ms() == 0);
  session.on_tick(after_ms(19'000));
  session.on_bytes(encode_frame(Pong{after_ms(20'500)}), after_ms(20'000));
  CHECK(session.clock_ahead_ms() == 1'000);
}

TEST_CASE("batches begin small, grow as what was sent is soon acknowledged, and shrink otherwise") {
  constexpr std::size_t kLeast = BatchPace::kLeastBytes;
  Session session = met(99, 0);
  CHECK(next_batch_bytes(session) == kLeast);
  std::size_t bytes = kLeast;
  UnixMillis now = kStart;
  const auto later = [&] { return now = UnixMillis(now.value() + 60'000); };
  for (int i = 0; i < 6; ++i) {
    session.on_bytes(encode_frame(Ping{}), later());
    CHECK(after_ack(session, bytes, now, 4'999) == bytes * 2);
    bytes *= 2;
  }
  CHECK(bytes == kMaxBatchBytes);
  const struct {
    std::size_t bytes;
    std::int64_t took_ms;
    std::size_t next;
  } rows[] = {{kMaxBatchBytes, 10, kMaxBatchBytes},
              {kMaxBatchBytes, 10'000, kMaxBatchBytes},
              {kMaxBatchBytes, 10'001, kMaxBatchBytes / 2},
              {40'000, 12'000, 20'000},  // what took so long was far from what was allowed
              {1'000, 10, 20'000},       // which says nothing of more
              {15'000, 10, 30'000},
              {3'000, 10'001, kLeast},
              {2 * kMaxBatchBytes, 10, kMaxBatchBytes}};
  for (const auto& row : rows) {
    CAPTURE(row.bytes);
    CAPTURE(row.took_ms);
    session.on_bytes(encode_frame(Ping{}), later());
    CHECK(after_ack(session, row.bytes, now, row.took_ms) == row.next);
  }
}

TEST_CASE("a greeting of any length is told in order, as what was said before is written") {
  constexpr std::size_t kNotes = 2'500;
  constexpr std::size_t kNoteBytes = 10'000;  // more than 16 MiB in all
  constexpr std::size_t kWritten = 16u << 10;
  Session session = met(0, 0);
  session.take_commands();
  std::vector<PeerNote> notes;
  for (std::size_t i = 0; i < kNotes; ++i)
    notes.push_back({NoteKind::erasure, std::to_string(i) + std::string(kNoteBytes, '.')});
  session.greet(notes);
  CHECK(session.take_commands().empty());
  std::size_t told = 0;
  std::size_t waiting = 0;
  std::size_t most_waiting = 0;
  do {
    session.on_written(waiting);
    for (const SendBytes& sent : of_kind<SendBytes>(session.take_commands())) {
      REQUIRE(told < kNotes);
      CHECK(sent.bytes == encode_frame(NoteFrame{notes[told++]}));
      waiting += sent.bytes.size();
    }
    most_waiting = std::max(most_waiting, waiting);
    waiting -= std::min(waiting, kWritten);
  } while (waiting > 0);
  CHECK(told == kNotes);
  CHECK(most_waiting < kGreetingBytes + kNoteBytes + 100);
}

TEST_CASE("withheld values are answered in pieces as large as batches are") {
  Session session = met(0, 0);
  session.take_commands();
  session.on_bytes(encode_frame(WantFrame{{Uuid{}}}), kStart);
  const auto asked = of_kind<MakeValues>(session.take_commands());
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].most_bytes == BatchPace::kLeastBytes);
}

}  // namespace tallinn
