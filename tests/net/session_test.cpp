// The session as a state machine: who speaks when, what ends it, and that nothing is sent twice or
// unasked.
#include "net/session.h"

#include <functional>
#include <limits>

#include "tests/net/met_session.h"

namespace tallinn {
namespace {

using namespace test;

PeerBatch batch_of_one() {
  PeerBatch batch;
  batch.entries.push_back({kLog, LogIndex(0), "entry"});
  batch.logs.push_back({kLog, LogSize(1), "checkpoint\n", {}});
  return batch;
}

}  // namespace

TEST_CASE("a session says hello first and asks for a batch when its peer lacks entries") {
  Session session = met(3, 1);
  const auto commands = session.take_commands();
  CHECK(of_kind<SendBytes>(commands).at(0).bytes == encode_frame(hello_of("kyiv", 3)));
  CHECK(of_kind<PeerReady>(commands).size() == 1);
  CHECK(of_kind<MakeBatch>(commands).at(0).peer_held == std::vector<HeldLog>{{kLog, LogSize(1)}});
  CHECK(session.lag_entries() == 2);
}

TEST_CASE("a note that comes too early does not end a session, one that is refused does") {
  Session session = met(3, 3);
  session.take_commands();
  session.on_note_refused({.code = Code::behind, .detail = "not yet"});
  CHECK_FALSE(session.closed());
  session.on_note_refused({.code = Code::failed, .detail = "a lie"});
  CHECK(session.closed());
  CHECK(close_fault(session) == PeerFault::note);
}

TEST_CASE("what another office has signed ends no session with whoever passes it on") {
  Session session = met(3, 3);
  session.take_commands();
  Error refused{.code = Code::failed, .detail = "a lie"};
  refused.office = "kyiv";
  session.on_note_refused(refused);
  CHECK_FALSE(session.closed());
  refused.office = "warsaw";
  session.on_note_refused(refused);
  CHECK(session.closed());
  CHECK(close_fault(session) == PeerFault::note);
}

TEST_CASE("a session with nothing to send asks for no batch") {
  Session session = met(3, 3);
  CHECK(of_kind<MakeBatch>(session.take_commands()).empty());
  session.on_held({{kLog, LogSize(4)}});
  CHECK(of_kind<MakeBatch>(session.take_commands()).size() == 1);
}

TEST_CASE(
    "two batches are under way until the peer acknowledges one, the second behind the first") {
  Session session = met(3, 0);
  session.take_commands();
  session.on_batch_made(batch_of_one());
  auto asked = of_kind<MakeBatch>(session.take_commands());
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].peer_held == std::vector<HeldLog>{{kLog, LogSize(1)}});
  CHECK(session.lag_entries() == 3);  // nothing of it is acknowledged
  PeerBatch second = batch_of_one();
  second.entries[0].index = LogIndex(1);
  second.logs[0].size = LogSize(2);
  session.on_batch_made(second);
  session.on_held({{kLog, LogSize(9)}});
  CHECK(of_kind<MakeBatch>(session.take_commands()).empty());
  session.on_bytes(encode_frame(AckFrame{{{kLog, LogSize(1)}}}), kStart);
  asked = of_kind<MakeBatch>(session.take_commands());
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].peer_held == std::vector<HeldLog>{{kLog, LogSize(2)}});
  CHECK(session.lag_entries() == 8);
}

TEST_CASE("a batch is acknowledged when it is durable and not before") {
  Session session = met(0, 1);
  session.take_commands();
  session.on_bytes(encode_frame(BatchFrame{batch_of_one()}), kStart);
  auto commands = session.take_commands();
  CHECK(of_kind<CommitBatch>(commands).size() == 1);
  CHECK(of_kind<SendBytes>(commands).empty());
  session.on_batch_committed({}, {{kLog, LogSize(1)}});
  commands = session.take_commands();
  CHECK(of_kind<SendBytes>(commands).at(0).bytes == encode_frame(AckFrame{{{kLog, LogSize(1)}}}));
  CHECK(of_kind<MakeBatch>(commands).empty());  // it came from the peer
}

TEST_CASE("what breaks the grammar or the promises of a peer ends the session with a reason") {
  struct Row {
    const char* what;
    PeerFault fault;
    std::function<void(Session&)> act;
  };
  Hello other_ledger = hello_of("warsaw", 0);
  other_ledger.ledger.bytes[0] = 1;
  Hello newer = hello_of("warsaw", 0);
  newer.version = kPeerVersion + 1;
  const Row strangers[] = {
      {"another ledger", PeerFault::ledger,
       [&](Session& s) { s.on_bytes(encode_frame(other_ledger), kStart); }},
      {"another version", PeerFault::version,
       [&](Session& s) { s.on_bytes(encode_frame(newer), kStart); }},
      {"another name", PeerFault::name,
       [](Session& s) { s.on_bytes(encode_frame(hello_of("kyiv", 0)), kStart); }},
      {"a ping before hello", PeerFault::turn,
       [](Session& s) { s.on_bytes(encode_frame(Ping{}), kStart); }},
      {"garbage", PeerFault::frame,
       [](Session& s) { s.on_bytes("GET / HTTP/1.1\r\n\r\n", kStart); }},
      {"no hello in time", PeerFault::silence,
       [](Session& s) { s.on_tick(UnixMillis(kStart.value() + 5'000)); }},
  };
  for (const Row& row : strangers) {
    CAPTURE(row.what);
    Session session(hello_of("kyiv", 0), "warsaw", {}, kStart);
    row.act(session);
    CHECK(close_fault(session) == row.fault);
    CHECK(session.closed());
  }
  const Row peers[] = {
      {"hello twice", PeerFault::turn,
       [](Session& s) { s.on_bytes(encode_frame(hello_of("warsaw", 0)), kStart); }},
      {"an ack of nothing", PeerFault::turn,
       [](Session& s) { s.on_bytes(encode_frame(AckFrame{}), kStart); }},
      {"a third batch too early", PeerFault::turn,
       [](Session& s) {
         s.on_bytes(encode_frame(BatchFrame{batch_of_one()}) +
                        encode_frame(BatchFrame{batch_of_one()}) +
                        encode_frame(BatchFrame{batch_of_one()}),
                    kStart);
       }},
      {"a refused batch", PeerFault::batch,
       [](Session& s) {
         s.on_bytes(encode_frame(BatchFrame{batch_of_one()}), kStart);
         s.on_batch_committed(refuse(Code::failed, "it does not hold"), {});
       }},
      {"silence", PeerFault::silence,
       [](Session& s) { s.on_tick(UnixMillis(kStart.value() + 15'000)); }},
  };
  for (const Row& row : peers) {
    CAPTURE(row.what);
    Session session = met(0, 0);
    session.take_commands();
    row.act(session);
    CHECK(close_fault(session) == row.fault);
  }
}

TEST_CASE("a hello, and every frame, has to be whole in its time, however often a byte comes") {
  const auto after = [](std::int64_t ms) { return UnixMillis(kStart.value() + ms); };
  const Bytes hello = encode_frame(hello_of("warsaw", 0));
  Session slow(hello_of("kyiv", 0), "warsaw", {}, kStart);
  for (std::int64_t s = 0; s < 5; ++s) {
    slow.on_bytes(BytesView(hello).substr(static_cast<std::size_t>(s), 1), after(s * 1'000));
    slow.on_tick(after(s * 1'000 + 500));
    CHECK_FALSE(slow.closed());
  }
  slow.on_tick(after(5'000));
  CHECK(close_fault(slow) == PeerFault::silence);

  Session session = met(0, 0);
  session.take_commands();
  const Bytes ping = encode_frame(Ping{});
  for (std::int64_t s = 1; s < 600; ++s) session.on_bytes(ping, after(s * 1'000));
  const Bytes note = encode_frame(NoteFrame{{NoteKind::checkpoint, std::string(9'000, 'n')}});
  std::int64_t s = 600;
  for (std::size_t at = 0; !session.closed() && at < note.size(); ++at, ++s) {
    session.on_bytes(BytesView(note).substr(at, 1), after(s * 1'000));
    session.on_tick(after(s * 1'000));
  }
  CHECK(s - 600 >= 300);
  CHECK(s - 600 <= 302);
  CHECK(close_fault(session) == PeerFault::silence);
}

TEST_CASE("a peer that names ever other logs costs no more than one that names as many as may be") {
  const auto named = [](std::uint32_t first, std::size_t count) {
    std::vector<HeldLog> held;
    for (std::size_t i = 0; i < count; ++i)
      held.push_back({{OfficeNumber(0), Epoch(first + static_cast<std::uint32_t>(i))},
                      LogSize(std::numeric_limits<std::uint64_t>::max())});
    return held;
  };
  Session by_acks = met(9, 0);
  by_acks.on_batch_made(batch_of_one());
  by_acks.on_bytes(encode_frame(AckFrame{named(1, kMaxHeldLogs)}), kStart);
  CHECK_FALSE(by_acks.closed());
  CHECK(by_acks.to_fetch_entries() == std::numeric_limits<std::uint64_t>::max());
  by_acks.take_commands();
  Session one_more = met(9, 0);
  one_more.on_batch_made(batch_of_one());
  one_more.on_bytes(encode_frame(AckFrame{named(2, kMaxHeldLogs)}), kStart);
  CHECK(close_fault(one_more) == PeerFault::frame);
  CHECK(one_more.peer_held().size() <= kMaxHeldLogs + 1);

  Session by_batches = met(0, 0);
  for (std::uint32_t epoch = 2; !by_batches.closed() && epoch < 3'000; ++epoch) {
    PeerBatch batch = batch_of_one();
    batch.entries[0].log.epoch = batch.logs[0].log.epoch = Epoch(epoch);
    by_batches.on_bytes(encode_frame(BatchFrame{batch}), kStart);
    if (!by_batches.closed()) by_batches.on_batch_committed({}, {});
  }
  CHECK(close_fault(by_batches) == PeerFault::frame);
  CHECK(by_batches.peer_held().size() <= kMaxHeldLogs + 1);
}

TEST_CASE("a peer that says much and answers no batch, or no question, is given up in time") {
  const auto given_up_after = [](Session& session, std::int64_t acks_at_s) {
    std::int64_t s = 0;
    for (; !session.closed() && s < 3'000; ++s) {
      session.on_bytes(encode_frame(Ping{}), after_ms(s * 1'000));
      if (s == acks_at_s) session.on_bytes(encode_frame(AckFrame{}), after_ms(s * 1'000));
      session.on_tick(after_ms(s * 1'000));
    }
    CHECK(close_fault(session) == PeerFault::silence);
    return s - 1;
  };
  constexpr std::int64_t kNever = -1;
  Session no_ack = met(9, 0);
  no_ack.on_batch_made(batch_of_one());
  CHECK(given_up_after(no_ack, kNever) == 600);
  Session one_of_two = met(9, 0);
  one_of_two.on_batch_made(batch_of_one());
  PeerBatch second = batch_of_one();
  second.entries[0].index = LogIndex(1);
  second.logs[0].size = LogSize(2);
  one_of_two.on_batch_made(second);
  CHECK(given_up_after(one_of_two, 500) == 1'100);
  Session no_values = met(0, 0);
  CHECK(no_values.want({Uuid{}}));
  CHECK(given_up_after(no_values, kNever) == 600);

  Session nothing_open = met(9, 0);
  nothing_open.on_batch_made(batch_of_one());
  nothing_open.on_bytes(encode_frame(AckFrame{}), kStart);
  CHECK(nothing_open.want({Uuid{}}));
  nothing_open.on_bytes(encode_frame(ValuesFrame{}), kStart);
  for (std::int64_t s = 0; s < 3'000; ++s) {
    nothing_open.on_bytes(encode_frame(Ping{}), after_ms(s * 1'000));
    nothing_open.on_tick(after_ms(s * 1'000));
  }
  CHECK_FALSE(nothing_open.closed());
}

TEST_CASE("a quiet peer is pinged, and a pong keeps the session") {
  Session session = met(0, 0);
  session.take_commands();
  session.on_tick(UnixMillis(kStart.value() + 5'000));
  CHECK(of_kind<SendBytes>(session.take_commands()).at(0).bytes == encode_frame(Ping{}));
  session.on_bytes(encode_frame(Pong{}), UnixMillis(kStart.value() + 14'000));
  session.on_tick(UnixMillis(kStart.value() + 28'000));
  CHECK_FALSE(session.closed());
}

TEST_CASE("what a peer has told is not told back to it, and anything else is") {
  Session session = met(0, 0);
  session.take_commands();
  const PeerNote theirs{NoteKind::promise, "theirs"};
  session.on_bytes(encode_frame(NoteFrame{theirs}), kStart);
  session.take_commands();
  session.tell(theirs);
  CHECK(session.take_commands().empty());
  session.tell({NoteKind::promise, "ours"});
  CHECK(of_kind<SendBytes>(session.take_commands()).size() == 1);
  for (std::size_t i = 0; i < kNotesRemembered; ++i)
    session.on_bytes(encode_frame(NoteFrame{{NoteKind::promise, std::to_string(i)}}), kStart);
  session.take_commands();
  session.tell(theirs);  // forgotten by now: told once too often, and never too seldom
  CHECK(of_kind<SendBytes>(session.take_commands()).size() == 1);
}

TEST_CASE("withheld values are asked for and answered once at a time, between offices only") {
  Uuid second;
  second.bytes[0] = 1;
  Uuid another;
  another.bytes[0] = 2;
  const std::vector<Uuid> events{Uuid{}, second};
  const std::vector<WithheldValue> values{{Uuid{}, Name("site"), Salt{}, "value"}};
  Session session = met(0, 0);
  session.take_commands();
  CHECK_FALSE(session.want({}));
  CHECK(session.want(events));
  CHECK_FALSE(session.want(events));
  CHECK(of_kind<SendBytes>(session.take_commands()).at(0).bytes == encode_frame(WantFrame{events}));
  session.on_bytes(encode_frame(ValuesFrame{values}), kStart);
  const auto taken = of_kind<TakeValues>(session.take_commands());
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].values == values);
  CHECK(taken[0].up_to == Uuid{});  // of the second one it may hold some: ask again behind this
  CHECK(session.want({second}));
  session.on_bytes(encode_frame(ValuesFrame{}), kStart);
  CHECK(of_kind<TakeValues>(session.take_commands()).at(0).up_to == second);

  session.on_bytes(encode_frame(WantFrame{events}), kStart);
  CHECK(of_kind<MakeValues>(session.take_commands()).at(0).events == events);
  session.on_values_made(values);
  CHECK(of_kind<SendBytes>(session.take_commands()).at(0).bytes ==
        encode_frame(ValuesFrame{values}));
  session.on_bytes(encode_frame(WantFrame{events}), kStart);
  session.on_bytes(encode_frame(WantFrame{events}), kStart);  // before the answer
  CHECK(close_fault(session) == PeerFault::turn);

  Session unasked = met(0, 0);
  unasked.on_bytes(encode_frame(ValuesFrame{values}), kStart);
  CHECK(close_fault(unasked) == PeerFault::turn);

  Session of_another = met(0, 0);
  CHECK(of_another.want({second, another}));
  of_another.on_bytes(encode_frame(ValuesFrame{values}), kStart);
  CHECK(close_fault(of_another) == PeerFault::turn);

  Session mirror(hello_of("kyiv", 0), "warsaw", {}, kStart, ValuesToo::leave_out);
  mirror.start();
  mirror.on_bytes(encode_frame(hello_of("warsaw", 0)), kStart);
  mirror.take_commands();
  CHECK_FALSE(mirror.want(events));
  mirror.on_bytes(encode_frame(WantFrame{events}), kStart);
  CHECK(close_fault(mirror) == PeerFault::turn);
}

TEST_CASE("a busy peer is pinged at first and once a minute, for its clock") {
  Session session = met(0, 0);
  session.take_commands();
  CHECK_FALSE(session.clock_ahead_ms().has_value());
  std::vector<std::int64_t> pinged;
  for (std::int64_t s = 1; s <= 150; ++s) {
    const UnixMillis now(kStart.value() + s * 1'000);
    session.on_bytes(encode_frame(Ping{}), now);
    session.on_tick(now);
    for (const SendBytes& sent : of_kind<SendBytes>(session.take_commands()))
      if (sent.bytes == encode_frame(Ping{})) {
        pinged.push_back(s);
        session.on_bytes(encode_frame(Pong{now}), now);
      }
  }
  CHECK(pinged == std::vector<std::int64_t>{1, 61, 121});
}

TEST_CASE("a pong tells how far the peer's clock is ahead, from the middle of the round trip") {
  struct Row {
    std::int64_t peer_clock;
    std::int64_t ahead;
  };
  constexpr std::int64_t kFarthest = 1'000'000'000'000'000;
  const std::int64_t middle = kStart.value() + 1'300;
  for (const Row& row : {Row{middle, 0}, Row{middle + 90'000, 90'000}, Row{middle - 7, -7},
                         Row{std::numeric_limits<std::int64_t>::max(), kFarthest - middle},
                         Row{std::numeric_limits<std::int64_t>::min(), -kFarthest - middle}}) {
    Session session = met(0, 0);
    session.on_bytes(encode_frame(Pong{UnixMillis(1)}), kStart);  // nobody has asked
    CHECK_FALSE(session.clock_ahead_ms().has_value());
    session.on_tick(UnixMillis(kStart.value() + 1'000));
    session.on_bytes(encode_frame(Pong{UnixMillis(row.peer_clock)}),
                     UnixMillis(kStart.value() + 1'600));
    CHECK(session.clock_ahead_ms() == row.ahead);
  }
}

}  // namespace tallinn
