#include "tools/recorder.h"

#include <doctest/doctest.h>

#include <deque>

#include "events/uuid.h"
#include "ledger/proof_file.h"
#include "tests/ledger/slow_tree.h"
#include "tests/support/record.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

/// Two offices that admit everything that is theirs by the type's home; answers of one may be
/// scripted.
class FakeOffices final : public NodePort {
 public:
  explicit FakeOffices(const Charter& charter) : charter_(charter) {}

  Result<HttpResponse> request(const std::string& url, const HttpRequest& request) override {
    urls.push_back(url);
    requests.push_back(request);
    if (down.contains(url)) return refuse(Code::unavailable, "nobody answers");
    if (!scripted.empty()) {
      HttpResponse response = std::move(scripted.front());
      scripted.pop_front();
      return response;
    }
    if (request.method == "GET") return problem(404, R"({"type":"not_found","detail":"no chain"})");
    const Submission submission = decode_submission(request.body).value();
    const Event event = decode_event(submission.event).value();
    const bool decision_of_warsaw = std::holds_alternative<PledgeAnnounced>(event.body);
    if (decision_of_warsaw && url == "http://kyiv")
      return problem(
          421,
          R"({"type":"wrong_office","detail":"pledges belong to warsaw","office":"warsaw","url":"http://warsaw"})");
    return receipt_of(submission, OfficeNumber(url == "http://kyiv" ? 0 : 1));
  }

  static HttpResponse problem(unsigned status, std::string body) {
    return {.status = status,
            .content_type = "application/problem+json",
            .body = std::move(body),
            .headers = {}};
  }

  HttpResponse receipt_of(const Submission& submission, OfficeNumber office) {
    Entry entry{.log = {.office = office, .epoch = Epoch(1)},
                .lamport = Lamport(1),
                .seen = {},
                .recorded = UnixMillis(0),
                .event = submission.event,
                .signatures = submission.signatures};
    const Bytes bytes = encode_entry(entry);
    auto& leaves = leaves_[office];
    leaves.push_back(leaf_hash(bytes));
    SlowHashes hashes(leaves);
    const LogSize size(leaves.size());
    const std::string origin = charter_.origin(entry.log);
    const std::string text =
        format_checkpoint({.origin = origin, .size = size, .root = slow_root(leaves)});
    const NoteSignature signature =
        sign_note(origin, test_office(charter_.office(office)->name).log, text);
    const LogIndex index(leaves.size() - 1);
    return {.status = 200,
            .content_type = "text/plain",
            .body = format_proof_file({.extra = bytes,
                                       .index = index,
                                       .hashes = prove_inclusion(index, size, hashes).value(),
                                       .checkpoint = format_note({text, {signature}})}),
            .headers = {}};
  }

  std::set<std::string> down;
  std::deque<HttpResponse> scripted;
  std::vector<std::string> urls;
  std::vector<HttpRequest> requests;

 private:
  const Charter& charter_;
  std::map<OfficeNumber, std::vector<Digest>> leaves_;
};

struct Desk {
  Desk() : charter(signed_charter()), offices(charter) {
    for (const char* party : {"EE", "PL", "UA"}) keys.add(PartyId(party), test_key(party));
    recorder.emplace(offices, keys, charter,
                     Recorder::Options{.node = "http://kyiv", .node_name = "kyiv", .receipts = {}},
                     Recorder::Surroundings{.clock = [this] { return UnixMillis(now_ms); },
                                            .random =
                                                [](std::span<std::uint8_t> bytes) {
                                                  std::ranges::fill(bytes, std::uint8_t{7});
                                                },
                                            .pause = [this](int ms) { now_ms += ms; }});
  }
  RecordOutcome record(const std::string& line) { return recorder->record(line, 1); }

  Charter charter;
  FakeOffices offices;
  KeyFolder keys;
  std::int64_t now_ms = 1'750'000'000'000;
  std::optional<Recorder> recorder;
};

const std::string kId = "018c8485-a400-7062-b834-c11e4c4095ce";
const std::string kPledge =
    R"({"id":"018c8485-a400-7062-b834-c11e4c4095ce","type":"PledgeAnnounced","author":"EE","occurred":"2024-01-01",)"
    R"("body":{"pledge":"EE-1",)"
    R"("donor":"EE","year":2024,"value":{"amount":"5.00","currency":"EUR"},"purpose":"p","source":{"title":"t"}}})";
const std::string kReceived =
    R"({"type":"GoodsReceived","author":"UA","occurred":"2024-01-01","body":{"consignment":"C-1",)"
    R"("lines":[{"line":1,"quantity":2,"condition":"good"}]}})";

}  // namespace

TEST_CASE("a decision finds its home office, and the next of its type goes there at once") {
  Desk desk;
  CHECK(desk.record(kPledge).line == "tallinn-mechanism.example/warsaw/1 0 " + kId + " recorded");
  CHECK(desk.offices.urls == std::vector<std::string>{"http://kyiv", "http://warsaw"});
  desk.record(kPledge);
  CHECK(desk.offices.urls.back() == "http://warsaw");
  CHECK(desk.offices.urls.size() == 3);
}

TEST_CASE("each request says what every log has answered") {
  Desk desk;
  desk.record(kReceived);
  desk.record(kPledge);
  desk.record(kReceived);
  std::vector<std::string> after;
  for (const auto& [name, value] : desk.offices.requests.back().headers)
    if (name == "tallinn-after") after.push_back(value);
  CHECK(after == std::vector<std::string>{"tallinn-mechanism.example/kyiv/1 1",
                                          "tallinn-mechanism.example/warsaw/1 1"});
}

TEST_CASE("an unreachable home is waited for, and asked again only after a while") {
  Desk desk;
  desk.offices.down.insert("http://warsaw");
  CHECK(desk.record(kPledge).line == "waiting " + kId + " warsaw");
  const std::size_t asked = desk.offices.urls.size();
  CHECK(desk.record(kPledge).kind == RecordOutcome::Kind::waiting);
  CHECK(desk.offices.urls.size() == asked);
  desk.offices.down.clear();
  desk.now_ms += 60'000;
  CHECK(desk.record(kPledge).kind == RecordOutcome::Kind::recorded);
}

TEST_CASE("a node that is behind is asked again, but not for ever") {
  Desk desk;
  const auto behind = [] {
    return FakeOffices::problem(503, R"({"type":"behind","detail":"not yet"})");
  };
  desk.offices.scripted = {behind(), behind()};
  CHECK(desk.record(kReceived).kind == RecordOutcome::Kind::recorded);
  CHECK(desk.offices.requests.size() == 3);
  desk.offices.scripted = {behind(), behind(), behind(), behind()};
  CHECK(desk.record(kReceived).kind == RecordOutcome::Kind::waiting);
  CHECK(desk.offices.requests.size() == 6);
}

TEST_CASE("an office that stayed behind does not hold up every later event") {
  Desk desk;
  for (int i = 0; i < 3; ++i)
    desk.offices.scripted.push_back(
        FakeOffices::problem(503, R"({"type":"behind","detail":"not yet"})"));
  CHECK(desk.record(kReceived).kind == RecordOutcome::Kind::waiting);
  const std::size_t asked = desk.offices.requests.size();
  CHECK(desk.record(kReceived).kind == RecordOutcome::Kind::waiting);
  CHECK(desk.offices.requests.size() == asked);
  desk.now_ms += 60'000;
  CHECK(desk.record(kReceived).kind == RecordOutcome::Kind::recorded);
}

TEST_CASE("two offices that send a client to each other are not followed for ever") {
  Desk desk;
  const std::string to_warsaw =
      R"({"type":"wrong_office","detail":"not here","office":"warsaw","url":"http://warsaw"})";
  const std::string to_kyiv =
      R"({"type":"wrong_office","detail":"not here","office":"kyiv","url":"http://kyiv"})";
  for (int i = 0; i < 5; ++i) {
    desk.offices.scripted.push_back(FakeOffices::problem(421, to_warsaw));
    desk.offices.scripted.push_back(FakeOffices::problem(421, to_kyiv));
  }
  CHECK(desk.record(kReceived).kind == RecordOutcome::Kind::refused);
  CHECK(desk.offices.requests.size() == 3);
}

TEST_CASE("a receipt that does not hold, or is of another event, is not called recorded") {
  Desk desk;
  desk.record(kReceived);
  const Submission other = submission_of(kPledge, desk.charter.id);
  desk.offices.scripted.push_back(desk.offices.receipt_of(other, OfficeNumber(0)));
  CHECK(desk.record(kReceived).line.find("the receipt does not hold") != std::string::npos);
  HttpResponse damaged =
      desk.offices.receipt_of(submission_of(kReceived, desk.charter.id), OfficeNumber(0));
  damaged.body[damaged.body.size() - 20] ^= 1;
  desk.offices.scripted.push_back(damaged);
  CHECK(desk.record(kReceived).kind == RecordOutcome::Kind::refused);
}

TEST_CASE("what is refused has its line or id, a code, and the field") {
  Desk desk;
  const auto changed = [](std::string line, std::string_view from, std::string_view to) {
    return line.replace(line.find(from), from.size(), to);
  };
  struct Row {
    std::string line;
    std::string starts;
    std::string holds;
  };
  const Row rows[] = {
      {"{", "refused line 1 malformed ", ""},
      {changed(kPledge, "5.00", "5.005"), "refused line 1 invalid_value ", "(body.value"},
      {changed(kPledge, "PledgeAnnounced", "PledgeLost"), "refused line 1 malformed ", "(type)"},
      {changed(kPledge, "\"author\":\"EE\"", "\"author\":\"FR\""),
       "refused " + kId + " unauthorised ", "FR"},
  };
  for (const Row& row : rows) {
    const RecordOutcome outcome = desk.record(row.line);
    CHECK(outcome.kind == RecordOutcome::Kind::refused);
    CHECK_MESSAGE(outcome.line.starts_with(row.starts), outcome.line);
    CHECK_MESSAGE(outcome.line.find(row.holds) != std::string::npos, outcome.line);
  }
  CHECK(desk.offices.requests.empty());
}

TEST_CASE("governance events are signed by every coordinator at hand") {
  Desk desk;
  desk.record(
      R"({"type":"PartyWithdrawn","author":"EE","occurred":"2024-01-01","body":{"party":"FR","reason":"r"}})");
  const Submission submission = decode_submission(desk.offices.requests.back().body).value();
  CHECK(submission.signatures.size() == 3);
  for (const EventSignature& signature : submission.signatures)
    CHECK(check_event_signature(signature, desk.charter.id, submission.event));
}

TEST_CASE("a line that cannot be sent is refused with what is at fault in it, and where") {
  Desk desk;
  const auto with = [](std::string_view members) {
    std::string line = kPledge;
    line.insert(1, std::string(members) + ",");
    return line;
  };
  std::string documents = R"("documents":[)";
  for (int i = 0; i < 200; ++i) {
    if (i > 0) documents += ",";
    documents += R"({"sha256":")" + std::string(64, '0') +
                 R"(","media_type":"text/plain","title":")" + std::string(300, 't') + R"("})";
  }
  documents += "]";
  std::string not_text = kPledge;
  const std::size_t at = not_text.find("\"purpose\":\"") + 11;
  not_text.insert(at, "\xff");
  struct Row {
    std::string line;
    std::string said;
  };
  const Row rows[] = {
      {with(R"("signers":["NOBODY"])"), "the key folder has no key of NOBODY (signers)"},
      {with(documents), "the event is over 60000 bytes (documents)"},
      {not_text, "not UTF-8 from byte " + std::to_string(at + 1) + " on"},
      {kPledge + "}", "not JSON: extra data at byte " + std::to_string(kPledge.size() + 1)},
  };
  for (const Row& row : rows) {
    const auto outcome = desk.record(row.line);
    CHECK(outcome.kind == RecordOutcome::Kind::refused);
    CHECK_MESSAGE(outcome.line.ends_with(row.said), outcome.line);
  }
  CHECK(desk.offices.requests.empty());
}
