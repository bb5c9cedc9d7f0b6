// What comes over the network: peer frames, a whole session, submissions, HTTP requests, notes.
#include <array>

#include "net/feed.h"
#include "net/logs_file.h"
#include "net/session.h"
#include "net/submission.h"
#include "net/witness.h"
#include "tests/fuzz/target.h"
#include "tests/net/office.h"

namespace tallinn::fuzz {
namespace {

using namespace tallinn::test;

constexpr UnixMillis kNow{1'800'000'000'000};
constexpr LogId kKyivLog{OfficeNumber(0), Epoch(1)};

struct RecordedOffice : Office {
  RecordedOffice() { TALLINN_ASSERT(record(12) > 0); }
};
Office& office() {
  static RecordedOffice made;
  return made;
}

Hello hello() {
  Hello out;
  out.ledger = office().charter.id;
  out.name = "kyiv";
  out.held = {{kKyivLog, LogSize(5)}};
  return out;
}
PeerBatch batch() {
  PeerBatch out;
  out.entries = {{kKyivLog, LogIndex(0), "entry"}, {kKyivLog, LogIndex(1), "another"}};
  out.logs = {{kKyivLog, LogSize(2), "a checkpoint\n", {sha256("a")}}};
  return out;
}
std::vector<Frame> frames() {
  return {hello(),
          BatchFrame{batch()},
          AckFrame{{{kKyivLog, LogSize(2)}}},
          NoteFrame{{NoteKind::promise, "a promise\n"}},
          Ping{},
          Pong{UnixMillis(1'700'000'000'000)},
          WantFrame{{Uuid{}}},
          ValuesFrame{{{Uuid{}, Name("site"), Salt{}, "value"}}},
          Bye{"enough"}};
}

std::vector<Bytes> frame_samples() {
  std::vector<Bytes> out;
  for (const Frame& frame : frames()) out.push_back(encode_frame(frame).substr(4));
  return out;
}
/// A frame is compressed or not as its writer likes, so its bytes may differ; what it says may not.
void run_frame(BytesView bytes) {
  const auto frame = decode_frame(bytes);
  if (!frame) return;
  const auto again = decode_frame(BytesView(encode_frame(*frame)).substr(4));
  TALLINN_ASSERT(again && *again == *frame);
}

std::vector<Bytes> session_samples() {
  Bytes whole;
  for (const Frame& frame : frames()) whole += encode_frame(frame);
  return {whole, encode_frame(hello()) + encode_frame(BatchFrame{batch()}) + encode_frame(Ping{})};
}
/// Whatever comes, in whatever pieces: bounded answers, and nothing after the end.
void run_session(BytesView bytes) {
  Hello ours = hello();
  ours.name = "warsaw";
  Session session(ours, "kyiv", {}, kNow);
  session.start();
  std::size_t closed = 0;
  for (std::size_t at = 0, step = 1; at < bytes.size(); at += step, step = step % 700 * 2 + 1) {
    session.on_bytes(bytes.substr(at, step), kNow);
    for (SessionCommand& command : session.take_commands()) {
      TALLINN_ASSERT(closed == 0);
      if (std::holds_alternative<CloseSession>(command)) ++closed;
      if (std::holds_alternative<CommitBatch>(command)) session.on_batch_committed({}, {});
      if (std::holds_alternative<MakeBatch>(command)) session.on_batch_made({});
      if (const auto* sent = std::get_if<SendBytes>(&command))
        TALLINN_ASSERT(sent->bytes.size() <= kMaxFrameBytes);
    }
    TALLINN_ASSERT(session.closed() == (closed == 1));
  }
  session.on_tick(UnixMillis(kNow.value() + 1'000'000));
  session.take_commands();
  TALLINN_ASSERT(session.closed());
}

std::vector<Bytes> submissions() {
  return {encode_submission(office().line(0)), encode_submission(office().line(44))};
}
void run_submission(BytesView bytes) {
  check_written_again(bytes, decode_submission(bytes), encode_submission);
}

std::vector<Bytes> add_checkpoints() {
  return {"old 3\n" + to_base64(sha256("a").view()) + "\n\n" + "a checkpoint\n"};
}
void run_add_checkpoint(BytesView bytes) {
  static_cast<void>(parse_add_checkpoint(bytes));
}

std::vector<Bytes> targets() {
  return {"GET /api/v1/trail/EE?limit=3&cursor=00",
          "GET /log/warsaw/1/tile/entries/000.p/4",
          "GET /api/v1/needs?as_of=2024-12-31&known_on=warsaw/1:3",
          "HEAD /api/v1/ladder/EE?events=pledged",
          "GET /api/v1/corrections?since=2024-01-01&party=EE",
          "GET /api/v1/events/warsaw/1/0/receipt",
          "GET /api/v1/charter?chain=1",
          "POST /witness/add-checkpoint",
          "GET /api/v1/feed?after=warsaw/1:3.2.1"};
}
/// A method, a blank, a target; what follows a line end is the body.
void run_route(BytesView bytes) {
  const std::size_t line = std::min(bytes.find('\n'), bytes.size());
  const std::size_t blank = std::min(bytes.find(' '), line);
  HttpRequest request{.method = std::string(bytes.substr(0, blank)),
                      .target = std::string(bytes.substr(std::min(blank + 1, line), line - blank)),
                      .headers = {{"content-type", "application/octet-stream"}},
                      .body = std::string(bytes.substr(line))};
  office().routes->handle(std::move(request), [](const HttpAnswer& answer) {
    TALLINN_ASSERT(answer.response->status >= 200 && answer.response->status < 600);
    TALLINN_ASSERT(answer.response->status != 500);
  });
}

/// A replica of its own, which no committer has.
Replica& replica() {
  static RecordedOffice made;
  made.committer.reset();
  return *made.replica;
}
std::vector<Bytes> peer_notes() {
  std::vector<Bytes> out;
  for (const PeerNote& note : replica().notes_for_new_peer())
    out.push_back(static_cast<char>(note.kind) + note.text);
  return out;
}
void run_peer_note(BytesView bytes) {
  if (bytes.empty() || bytes[0] < 1 || bytes[0] > static_cast<char>(NoteKind::evidence)) return;
  const PeerNote note{static_cast<NoteKind>(bytes[0]), std::string(bytes.substr(1))};
  TALLINN_ASSERT(replica().stage_note(note).has_value());  // refused, or taken; no fault
}

std::vector<Bytes> logs_files() {
  Bytes file;
  const auto written = write_logs_file(*office().heads.get(), {.charter = office().charter,
                                                               .name = "warsaw",
                                                               .since = {},
                                                               .write =
                                                                   [&](BytesView bytes) {
                                                                     file.append(bytes);
                                                                     return Result<void>{};
                                                                   },
                                                               .progress = {}});
  TALLINN_ASSERT(written.has_value());
  return {file};
}
void run_logs_file(BytesView bytes) {
  const LogsFileReader how{.read = [&](std::size_t most) -> Result<Bytes> {
                             Bytes part(bytes.substr(0, most));
                             bytes.remove_prefix(part.size());
                             return part;
                           },
                           .clock = [] { return kNow; },
                           .progress = {}};
  const auto read = read_logs_file(replica(), how);
  TALLINN_ASSERT(read || read.error().code != Code::unavailable);  // refused, and no fault
}

std::vector<Bytes> feed_positions() {
  return {"none", "kyiv/1:120.118.110,warsaw/1:98.98.95"};
}
void run_feed_position(BytesView bytes) {
  const Charter& charter = office().charter;
  const auto position = parse_feed_position(bytes, charter);
  if (position)
    TALLINN_ASSERT(parse_feed_position(format_feed_position(*position, charter), charter) ||
                   position->logs.empty());
}

constexpr std::array kNetTargets{Target{"frame", frame_samples, run_frame},
                                 Target{"session", session_samples, run_session},
                                 Target{"submission", submissions, run_submission},
                                 Target{"add_checkpoint", add_checkpoints, run_add_checkpoint},
                                 Target{"route", targets, run_route},
                                 Target{"peer_note", peer_notes, run_peer_note},
                                 Target{"logs_file", logs_files, run_logs_file},
                                 Target{"feed_position", feed_positions, run_feed_position}};

}  // namespace

std::span<const Target> net_targets() {
  return kNetTargets;
}

}  // namespace tallinn::fuzz
