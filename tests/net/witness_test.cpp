#include "net/witness.h"

#include <doctest/doctest.h>

#include <barrier>
#include <thread>

#include "ledger/store_notes.h"
#include "net/make_batch.h"
#include "tests/net/office.h"

using namespace tallinn;
using test::header;
using test::Office;

namespace {

constexpr LogId kCosignedLog{OfficeNumber(1), Epoch(1)};
constexpr std::string_view kOrigin = "tallinn-mechanism.example/warsaw/1";

std::string signed_by_warsaw(const Checkpoint& checkpoint, std::string_view key_of = "warsaw") {
  const std::string text = format_checkpoint(checkpoint);
  return format_note({text, {sign_note(checkpoint.origin, test::test_office(key_of).log, text)}});
}

/// Kyiv, and Warsaw's log with 12 entries, of which Kyiv gets what a test hands over.
struct TwoOffices {
  Office warsaw{"warsaw"};
  Office kyiv{"kyiv"};
  std::vector<std::string> notes;  ///< Warsaw's checkpoint at each size, from 0 on

  TwoOffices() {
    notes.push_back(signed_by_warsaw({std::string(kOrigin), LogSize(0), Frontier().root()}));
    for (std::size_t n = 0; n < 12; ++n) {
      REQUIRE(warsaw.post(warsaw.line(n)).status == 200);
      notes.push_back(warsaw.get("/log/warsaw/1/checkpoint").body);
    }
  }

  static void hand_over(Office& from, Office& to, std::size_t entries = 4'096) {
    const auto source = from.heads.get();
    auto batch =
        make_batch(*source->snapshot, source->held, to.heads.get()->held, ValuesToo::leave_out);
    REQUIRE(batch);
    cut(*source, *batch, entries);
    std::promise<Result<void>> taken;
    to.committer->take(std::move(*batch), [&](Result<void> result, std::vector<HeldLog>) {
      taken.set_value(std::move(result));
    });
    const auto result = taken.get_future().get();
    REQUIRE_MESSAGE(result, result.error().detail);
  }

  /// What a batch that was too long would have left for the next: the same checkpoint, proven from
  /// a shorter prefix.
  static void cut(const Head& source, PeerBatch& batch, std::size_t entries) {
    if (batch.entries.size() <= entries) return;
    batch.entries.resize(entries);
    REQUIRE(batch.logs.size() == 1);
    BatchLog& log = batch.logs[0];
    const LogSize all = log.size;
    log.size = LogSize(batch.entries.back().index.value() + 1);
    log.proof = *StoredLogs(*source.snapshot).consistency(log.log, log.size, all);
  }

  Checkpoint checkpoint(std::size_t size) const {
    return *parse_checkpoint(parse_note(notes[size])->text);
  }

  std::string body(std::uint64_t old, std::size_t size) const {
    return body(old, notes[size], size);
  }
  std::string body(std::uint64_t old, const std::string& note, std::size_t size) const {
    std::string text = "old " + std::to_string(old) + "\n";
    if (old != 0 && old < size) {
      const auto head = warsaw.heads.get();
      const auto proof =
          StoredLogs(*head->snapshot).consistency(kCosignedLog, LogSize(old), LogSize(size));
      for (const Digest& hash : *proof) text += to_base64(hash.view()) + "\n";
    }
    return text + "\n" + note;
  }

  HttpResponse add(std::string request_body) {
    return kyiv.ask({.method = "POST",
                     .target = "/witness/add-checkpoint",
                     .headers = {},
                     .body = std::move(request_body)});
  }
  LogSize cosigned() const {
    const auto text = kyiv.heads.get()->snapshot->get(
        Family::notes, notes::cosigned_key(kCosignedLog, OfficeNumber(0)));
    return *text ? parse_checkpoint(parse_note(**text)->text)->size : LogSize(0);
  }
  const VerifierKey& witness() const { return kyiv.charter.offices[0].witness; }
};

}  // namespace

TEST_CASE("an add-checkpoint request is read strictly") {
  const std::string hash = to_base64(Digest{}.view()) + "\n";
  std::string most = "old 1\n";
  for (int i = 0; i < 63; ++i) most += hash;
  CHECK(parse_add_checkpoint("old 0\n\nnote")->checkpoint == "note");
  CHECK(parse_add_checkpoint(most + "\nnote")->proof.size() == 63);
  const std::string wrong[] = {"",
                               "old 0\n",
                               "old 0",
                               "old 0\n" + hash,
                               "old 00\n\nnote",
                               "old -1\n\nnote",
                               "old\n\nnote",
                               "old  1\n\nnote",
                               "old 1 \n\nnote",
                               "old 18446744073709551616\n\nnote",
                               "Old 1\n\nnote",
                               "old 1\r\n\r\nnote",
                               "1\n\nnote",
                               "old 1\nAAAA\n\nnote",
                               "old 1\n" + hash.substr(1) + "\nnote",
                               most + hash + "\nnote"};
  for (const std::string& body : wrong) {
    CAPTURE(body);
    CHECK(!parse_add_checkpoint(body));
  }
}

TEST_CASE("the witness answers each request with the status of c2sp.org/tlog-witness") {
  TwoOffices two;
  TwoOffices::hand_over(two.warsaw, two.kyiv, 5);
  REQUIRE(two.kyiv.heads.get()->held_of(kCosignedLog) == LogSize(5));
  REQUIRE(two.cosigned() == LogSize(0));
  const auto forged = [&](std::size_t size, std::string_view key) {
    return signed_by_warsaw({std::string(kOrigin), LogSize(size), Digest{}}, key);
  };
  Checkpoint elsewhere = two.checkpoint(3);
  elsewhere.origin = "tallinn-mechanism.example/warsaw/2";
  std::string extended = format_checkpoint(two.checkpoint(3)) + "extension\n";
  extended = format_note(
      {extended, {sign_note(std::string(kOrigin), test::test_office("warsaw").log, extended)}});
  const std::string own_text =
      format_checkpoint({"tallinn-mechanism.example/kyiv/1", LogSize(0), Frontier().root()});
  const std::string own = format_note(
      {own_text,
       {sign_note("tallinn-mechanism.example/kyiv/1", test::test_office("kyiv").log, own_text)}});
  struct Row {
    const char* what;
    std::string body;
    unsigned status;
    std::string conflict = {};
  };
  const Row before[] = {
      {"no note", "old 0\n\nnot a note", 400},
      {"an extension line", "old 0\n\n" + extended, 400},
      {"an old size above the checkpoint's", two.body(4, 3), 400},
      {"an unknown epoch", "old 0\n\n" + signed_by_warsaw(elsewhere), 404},
      {"our own log", "old 0\n\n" + own, 404},
      {"another key", "old 0\n\n" + forged(3, "kyiv"), 403},
      {"another old size than we cosigned last", two.body(2, 3), 409, "0\n"},
      {"a proof where there is nothing to prove",
       "old 0\n" + to_base64(Digest{}.view()) + "\n\n" + two.notes[3], 422},
      {"more than we hold", two.body(0, 6), 503},
      {"the empty tree with another root", "old 0\n\n" + forged(0, "warsaw"), 409, "0\n"},
      {"the empty tree", two.body(0, 0), 200},
      {"what we hold", two.body(0, 3), 200},
      {"what we hold, once more as if we had not", two.body(0, 3), 409, "3\n"},
      {"the same checkpoint again", two.body(3, 3), 200},
      {"the same checkpoint with a needless proof",
       "old 3\n" + to_base64(Digest{}.view()) + "\n\n" + two.notes[3], 422},
      {"a smaller one", two.body(2, 2), 409, "3\n"},
      {"a proof that does not hold", "old 3\n" + to_base64(Digest{}.view()) + "\n\n" + two.notes[4],
       422},
      {"no proof", "old 3\n\n" + two.notes[4], 422},
      {"a proven step", two.body(3, 5), 200},
      {"more than we hold, proven", two.body(5, 12), 503},
      {"more than we hold, not proven", "old 5\n\n" + two.notes[12], 422},
  };
  for (const Row& row : before) {
    CAPTURE(row.what);
    const LogSize cosigned = two.cosigned();
    const auto answer = two.add(row.body);
    CHECK_MESSAGE(answer.status == row.status, answer.body);
    if (row.status != 200) CHECK(two.cosigned() == cosigned);
    if (row.status == 409) {
      CHECK(answer.content_type == "text/x.tlog.size");
      CHECK(answer.body == row.conflict);
    } else if (row.status == 200) {
      CHECK(answer.content_type == "text/plain; charset=utf-8");
    } else {
      CHECK(answer.content_type == "application/problem+json");
    }
    CHECK((header(answer, "Retry-After") != "") == (row.status == 503));
  }
  CHECK(two.cosigned() == LogSize(5));
  CHECK(two.kyiv.heads.get()->alarms.size() == 1);  // of the forged empty tree
}

TEST_CASE("the answer is a cosignature of ours alone, stored before it is given") {
  TwoOffices two;
  TwoOffices::hand_over(two.warsaw, two.kyiv, 5);
  // A line in our own name comes with the request, and one that would hold.
  auto note = *parse_note(two.notes[4]);
  const auto keys = test::test_office("kyiv");
  note.signatures.push_back(
      cosign_note(two.witness().name, keys.witness, UnixSeconds(7), note.text));
  note.signatures.push_back(note.signatures.back());
  note.signatures.back().raw[20] ^= 1;
  const auto answer = two.add(two.body(0, format_note(note), 4));
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  const auto lines = parse_signature_lines(answer.body);
  REQUIRE(lines);
  REQUIRE(lines->size() == 1);
  const std::array known{two.witness()};
  const auto verified = verify_note({note.text, *lines}, known);
  REQUIRE(verified);
  REQUIRE(verified->size() == 1);
  CHECK((*verified)[0].time == UnixSeconds(1'800'000'000));
  const auto stored = two.kyiv.heads.get()->snapshot->get(
      Family::notes, notes::cosigned_key(kCosignedLog, OfficeNumber(0)));
  REQUIRE(*stored);
  const auto kept = parse_note(**stored);
  REQUIRE(kept->signatures.size() == 2);
  CHECK(kept->signatures[1] == (*lines)[0]);
  CHECK(two.add(two.body(4, 4)).body == answer.body);
}

TEST_CASE("a signed checkpoint that contradicts what is held is evidence, and never cosigned") {
  const auto forged = [](std::size_t size) {
    return signed_by_warsaw({std::string(kOrigin), LogSize(size), Digest{}});
  };
  struct Row {
    std::string_view old;
    std::size_t size;
    unsigned status;
  };
  for (const Row& row : {Row{"old 3\n\n", 3, 409}, Row{"old 0\n\n", 2, 409}}) {
    CAPTURE(row.size);
    TwoOffices two;
    TwoOffices::hand_over(two.warsaw, two.kyiv, 5);
    REQUIRE(two.add(two.body(0, 3)).status == 200);
    CHECK(two.add(std::string(row.old) + forged(row.size)).status == row.status);
    CHECK(two.kyiv.heads.get()->alarms.size() == 1);
    CHECK(two.cosigned() == LogSize(3));
    const LogId log{OfficeNumber(1), Epoch(1)};
    CHECK(two.kyiv.heads.get()->frozen == std::set<LogId>{log});
    CHECK(two.add(two.body(3, 5)).status == 403);  // frozen: nothing of it is cosigned any more
    CHECK(two.add(two.body(3, forged(5), 5)).status == 403);
    CHECK(two.cosigned() == LogSize(3));
  }
  TwoOffices two;
  TwoOffices::hand_over(two.warsaw, two.kyiv, 5);
  REQUIRE(two.add(two.body(0, 3)).status == 200);
  CHECK(two.add(two.body(3, forged(5), 5)).status == 422);
  CHECK(two.kyiv.heads.get()->alarms.size() == 1);
  CHECK(two.cosigned() == LogSize(3));
}

TEST_CASE("requests at the same time are answered one after another, and the size never falls") {
  TwoOffices two;
  TwoOffices::hand_over(two.warsaw, two.kyiv, 11);
  constexpr std::size_t kThreads = 8;
  std::array<HttpResponse, kThreads> answers;
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t n = 0; n < kThreads; ++n)
    threads.emplace_back([&, n] {
      const std::string body = two.body(0, n + 2);
      start.arrive_and_wait();
      answers[n] = two.add(body);
    });
  for (std::thread& thread : threads) thread.join();
  std::size_t taken = kThreads;
  for (std::size_t n = 0; n < kThreads; ++n)
    if (answers[n].status == 200) {
      CHECK(taken == kThreads);
      taken = n;
    }
  REQUIRE(taken < kThreads);
  CHECK(two.cosigned() == LogSize(taken + 2));
  for (std::size_t n = 0; n < kThreads; ++n)
    if (n != taken) {
      CHECK(answers[n].status == 409);
      CHECK(answers[n].body == std::to_string(taken + 2) + "\n");
    }
}

TEST_CASE("a false checkpoint beyond what is held is kept until it can be compared") {
  TwoOffices two;
  TwoOffices::hand_over(two.warsaw, two.kyiv);
  const std::string forged =
      signed_by_warsaw({std::string(kOrigin), LogSize(14), leaf_hash("another history")});
  CHECK(two.add("old 0\n\n" + forged).status == 409);
  CHECK(two.kyiv.heads.get()->alarms.empty());
  for (std::size_t n = 12; n < 16; ++n) REQUIRE(two.warsaw.post(two.warsaw.line(n)).status == 200);
  TwoOffices::hand_over(two.warsaw, two.kyiv);
  CHECK(two.kyiv.heads.get()->alarms.size() == 1);
  CHECK(two.kyiv.heads.get()->frozen == std::set<LogId>{kCosignedLog});
}

TEST_CASE("an office that is shown another history of its own log appends no more") {
  const std::string origin = "tallinn-mechanism.example/kyiv/1";
  const auto show = [&](const Checkpoint& checkpoint, const char* key_of) {
    TwoOffices two;
    TwoOffices::hand_over(two.warsaw, two.kyiv, 5);
    CHECK(two.add("old 0\n\n" + signed_by_warsaw(checkpoint, key_of)).status == 404);
    return two.kyiv.heads.get()->standing;
  };
  CHECK(show({origin, LogSize(0), leaf_hash("another history")}, "kyiv") == Standing::contradicted);
  CHECK(show({origin, LogSize(9), leaf_hash("another history")}, "kyiv") ==
        Standing::peer_holds_more);
  CHECK(show({origin, LogSize(0), Frontier().root()}, "kyiv") == Standing::may_append);
  CHECK(show({origin, LogSize(9), leaf_hash("another history")}, "warsaw") == Standing::may_append);
}
