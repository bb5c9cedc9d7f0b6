// What comes over the network: peer frames, a whole session, submissions, HTTP requests, notes; and
// the node's own configuration.
#include <array>

#include "events/uuid.h"
#include "net/feed.h"
#include "net/http_request_parser.h"
#include "net/logs_file.h"
#include "net/node.h"
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

/// What a client may say about the answer that it wants.
std::string http_get(std::string_view target, std::string_view header) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(header) +
         "\r\n\r\n";
}
std::vector<Bytes> http_requests() {
  const std::string post = "POST /api/v1/events HTTP/1.1\r\nHost: a\r\n";
  const std::string tile = "/log/warsaw/1/tile/0/000.p/4";
  return {
      http_get(tile, "Range: bytes=0-31,64-,-32") + http_get(tile, "Connection: close"),
      http_get("/log/warsaw/1/checkpoint", "If-None-Match: W/\"a\", \"b\",\r\n *"),
      http_get(tile, "If-Range: \"a\"\r\nRange: bytes=1-1\r\nAccept-Encoding: gzip;q=0.5, *;q=0"),
      http_get("/api/v1/feed", "Last-Event-ID: warsaw/1:3.2.1"),
      http_get("/api/v1/needs",
               "Tallinn-After: tallinn-mechanism.example/warsaw/1 3, "
               "tallinn-mechanism.example/kyiv/1 0"),
      post + "Content-Length: 4\r\n\r\nbody" + http_get("/healthz", "If-Match: *"),
      post + "Transfer-Encoding: chunked\r\n\r\n3;x=\"y\"\r\nabc\r\n0\r\nA: b\r\n\r\n",
      post + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nok",
      "HEAD /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"};
}

constexpr HttpLimits kHttpLimits{.max_body_bytes = 4'000, .max_header_bytes = 1'000};

/// The requests that a connection brings in such pieces, as net/http_connection.cpp reads them.
std::vector<HttpRequest> requests_in(BytesView bytes, std::size_t piece) {
  std::vector<HttpRequest> out;
  boost::beast::flat_buffer buffer(kHttpLimits.max_header_bytes + 8'192);
  const auto come = [&] {
    const std::size_t count = std::min({piece, bytes.size(), buffer.max_size() - buffer.size()});
    std::ranges::copy(bytes.substr(0, count), static_cast<char*>(buffer.prepare(count).data()));
    buffer.commit(count);
    bytes.remove_prefix(count);
    return count > 0;
  };
  using State = HttpRequestParser::State;
  for (;;) {
    HttpRequestParser parser(kHttpLimits);
    if (buffer.size() == 0 && !come()) return out;
    State state = parser.take(buffer);
    while ((state == State::lacks || state == State::waits) && come()) state = parser.take(buffer);
    if (state == State::refused) TALLINN_ASSERT(!refusal_text(parser.refusal_status()).empty());
    if (state != State::whole) return out;
    out.push_back(parser.release());
  }
}
std::size_t head_bytes(const HttpRequest& request) {
  std::size_t out = request.method.size() + request.target.size();
  for (const auto& [name, value] : request.headers) out += name.size() + value.size();
  return out;
}
bool same(const HttpRequest& a, const HttpRequest& b) {
  return a.method == b.method && a.target == b.target && a.headers == b.headers && a.body == b.body;
}
/// Whatever comes, in whatever pieces: the same requests within the limits, and no answer of 500.
void run_http_request(BytesView bytes) {
  std::vector<HttpRequest> requests = requests_in(bytes, 8'192);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{700}})
    TALLINN_ASSERT(std::ranges::equal(requests_in(bytes, piece), requests, same));
  for (HttpRequest& request : requests) {
    TALLINN_ASSERT(head_bytes(request) <= kHttpLimits.max_header_bytes);
    TALLINN_ASSERT(request.body.size() <= kHttpLimits.max_body_bytes);
    office().routes->handle(std::move(request), [](const HttpAnswer& answer) {
      TALLINN_ASSERT(answer.response->status >= 200 && answer.response->status < 600);
      TALLINN_ASSERT(answer.response->status != 500);
    });
  }
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
  if (bytes.empty() || bytes[0] < 1 || bytes[0] > static_cast<char>(kLastNoteKind)) return;
  const PeerNote note{static_cast<NoteKind>(bytes[0]), std::string(bytes.substr(1))};
  TALLINN_ASSERT(replica().stage_note(note).has_value());  // refused, or taken; no fault
}

/// A pledge by EE that withholds an account, at an office without a committer.
struct Withholding : Office {
  Withholding() {
    TALLINN_ASSERT(record(46) > 30);
    std::string line = kOneMorePledge;
    line.insert(line.find(R"("body")"),
                R"("withhold":{"account":{"tlp":"AMBER","value":"EE38 2200"}},)");
    const Submission pledge = submission_of(line, charter.id);
    TALLINN_ASSERT(post(pledge).status == 200);
    committer.reset();
    event = decode_event(pledge.event).value();
  }
  std::string erasure_by(const std::string& party, const Uuid& of) const {
    return sign_erasure({.ledger = charter.id,
                         .event = of,
                         .field = Name("account"),
                         .commitment = event.withheld.front().commitment,
                         .at = UnixSeconds(1'800'000'000),
                         .party = PartyId(party),
                         .key = test_key(party).public_key()},
                        test_key(party));
  }
  Event event;
};
Withholding& withholding() {
  static Withholding made;
  return made;
}
std::vector<Bytes> erasures() {
  const Withholding& at = withholding();
  return {at.erasure_by("EE", at.event.id), at.erasure_by("FR", at.event.id),
          at.erasure_by("EE", Uuid{})};
}
/// As a peer tells it. Refused, or taken, and no fault; what EE is taken to say it has signed.
void run_erasure(BytesView bytes) {
  const PeerNote note{NoteKind::erasure, std::string(bytes)};
  TALLINN_ASSERT(withholding().replica->stage_note(note).has_value());
  const auto erasure = open_erasure(bytes);
  if (erasure && erasure->key == test_key("EE").public_key())
    TALLINN_ASSERT(sign_erasure(*erasure, test_key("EE")) == bytes);
}

std::vector<Bytes> node_tomls() {
  NodeConfig office_config;
  office_config.data = "data";
  office_config.anchor = "../anchors/kyiv.anchor";
  office_config.charter = "charter.txt";
  office_config.key = "office.key";
  office_config.listen = "127.0.0.1:8480";
  office_config.http = "[::1]:8481";
  office_config.peers = {
      {.office = "warsaw", .addresses = {"a.example:1", "192.0.2.1:2"}, .url = "http://w.example"}};
  NodeConfig mirror = office_config;
  mirror.role = NodeConfig::Role::mirror;
  mirror.chain = "chain.json";
  return {
      format_node_config(office_config), format_node_config(mirror),
      "data = 'd'\nanchor = \"\"\"a\"\"\"\ncharter = \"\\u0063\"\nkey = \"k\"\nlisten = "
      "\"l:1\"\nhttp = \"h:2\"\nio_threads = 0x4\npeers = [{office = \"o\", addresses = []}]\n"};
}
/// Refused with a sentence; or taken, and what was taken can be written so that it says the same.
void run_node_toml(BytesView bytes) {
  const auto config = parse_node_config(bytes, "node.toml");
  if (!config) {
    TALLINN_ASSERT(config.error().detail.starts_with("node.toml:"));
    return;
  }
  const std::string written = format_node_config(*config);
  const auto again = parse_node_config(written, "node.toml");
  TALLINN_ASSERT(again && format_node_config(*again) == written);
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
                                 Target{"http_request", http_requests, run_http_request},
                                 Target{"peer_note", peer_notes, run_peer_note},
                                 Target{"erasure", erasures, run_erasure},
                                 Target{"logs_file", logs_files, run_logs_file},
                                 Target{"feed_position", feed_positions, run_feed_position},
                                 Target{"node_toml", node_tomls, run_node_toml}};

}  // namespace

std::span<const Target> net_targets() {
  return kNetTargets;
}

}  // namespace tallinn::fuzz
