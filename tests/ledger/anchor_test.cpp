#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <set>

#include "ledger/file_anchor.h"
#include "ledger/sha256.h"
#include "ledger/standing.h"
#include "tests/ledger/store_for_tests.h"
#include "tests/support/files.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

LogId log(std::uint16_t office, std::uint32_t epoch) {
  return {OfficeNumber(office), Epoch(epoch)};
}

Digest digest(std::uint8_t byte) {
  Digest digest;
  digest.bytes.fill(byte);
  return digest;
}

AnchorState example_anchor() {
  AnchorState state;
  state.ledger.bytes.fill(0xab);
  state.commit = CommitNumber(97);
  state.own = {log(0, 1), LogSize(812)};
  state.root = digest(1);
  state.cosigned = {{log(1, 1), LogSize(406)}, {log(1, 2), LogSize(3)}};
  state.promised = Lamport(1215);
  return state;
}

const std::string kExample =
    "tallinn-ledger/anchor@v2\n"
    "ledger abababababababababababababababababababababababababababababababab\n"
    "commit 97\n"
    "own 0 1 812 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"
    "cosigned 1 1 406\n"
    "cosigned 1 2 3\n"
    "promised 1215\n";

}  // namespace

TEST_CASE("an anchor is written as the example_anchor and read back") {
  CHECK(format_anchor(example_anchor()) == kExample);
  CHECK(parse_anchor(kExample) == Result<AnchorState>(example_anchor()));
  AnchorState shuffled = example_anchor();
  std::swap(shuffled.cosigned[0], shuffled.cosigned[1]);
  CHECK(format_anchor(shuffled) == kExample);
  AnchorState alone = example_anchor();
  alone.cosigned.clear();
  CHECK(parse_anchor(format_anchor(alone)) == Result<AnchorState>(alone));
}

TEST_CASE("no anchor with one byte removed, doubled or inserted reads as the same state") {
  for (std::size_t i = 0; i < kExample.size(); ++i) {
    CAPTURE(i);
    for (const std::string& replacement :
         {std::string(), std::string(2, kExample[i]), kExample[i] + std::string(" ")}) {
      std::string damaged = kExample;
      damaged.replace(i, 1, replacement);
      const auto parsed = parse_anchor(damaged);
      if (parsed) {
        CHECK(*parsed != example_anchor());
        CHECK(format_anchor(*parsed) == damaged);
      }
    }
    CHECK(!parse_anchor(kExample.substr(0, i)).has_value());
  }
}

TEST_CASE("anchors that are not spelled as we spell them are refused") {
  struct Row {
    const char* from;
    const char* to;
  };
  const Row table[] = {
      {"anchor@v2", "anchor@v1"},
      {"commit 97\n", ""},
      {"commit 97", "commit 097"},
      {"commit 97", "commit -1"},
      {"ledger ab", "ledger AB"},
      {"ledger ab", "ledger "},
      {"own 0 1 812", "own 0 0 812"},
      {"own 0 1 812", "own 0 01 812"},
      {"own 0 1 812", "own 65536 1 812"},
      {"own 0 1 812", "own 0 4294967296 812"},
      {"own 0 1 812", "own 0 1 18446744073709551616"},
      {"own 0 1 812", "own 0 1"},
      {"AQE=\n", "AQF=\n"},
      {"AQE=\n", "AQE= x\n"},
      {"cosigned 1 1 406\ncosigned 1 2 3", "cosigned 1 2 3\ncosigned 1 1 406"},
      {"cosigned 1 2 3", "cosigned 1 1 3"},
      {"cosigned 1 2 3", "cosigned 1 2"},
      {"cosigned 1 2 3", "cosigned 1 2 3 4"},
      {"promised 1215", "promised -1"},
      {"promised 1215", "promised 1215 "},
      {"promised 1215\n", "promised 1215"},
      {"promised 1215\n", "promised 1215\r\n"},
      {"promised 1215\n", "promised 1215\nmore\n"},
      {"promised 1215\n", ""},
  };
  for (const Row& row : table) {
    CAPTURE(row.to);
    std::string text = kExample;
    text.replace(text.find(row.from), std::string_view(row.from).size(), row.to);
    const auto parsed = parse_anchor(text);
    REQUIRE(!parsed.has_value());
    CHECK(parsed.error().code == Code::malformed);
  }
}

TEST_CASE("an anchor file keeps what was set, for its owner alone, and shows what was found") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "anchors" / "kyiv.anchor";
  {
    const auto anchor = open_anchor_file(path);
    REQUIRE(anchor.has_value());
    CHECK((*anchor)->found() == std::nullopt);
    CHECK(std::filesystem::file_size(path) == 0);
    REQUIRE((*anchor)->set(example_anchor()).has_value());
    AnchorState next = example_anchor();
    next.promised = Lamport(1300);
    REQUIRE((*anchor)->set(next).has_value());
    CHECK((*anchor)->found() == std::nullopt);
  }
  struct stat status = {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  const auto anchor = open_anchor_file(path);
  REQUIRE(anchor.has_value());
  REQUIRE((*anchor)->found().has_value());
  CHECK((*anchor)->found()->promised == Lamport(1300));
}

TEST_CASE("an open anchor file excludes a second opener until it is closed") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "anchor";
  auto first = open_anchor_file(path);
  REQUIRE(first.has_value());
  REQUIRE((*first)->set(example_anchor()).has_value());
  const auto second = open_anchor_file(path);
  REQUIRE(!second.has_value());
  CHECK(second.error().code == Code::unavailable);
  first->reset();
  CHECK(open_anchor_file(path).has_value());
}

TEST_CASE("a file that does not read is told, left alone, and kept aside once something is said") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "anchor";
  const std::string damaged = "not an anchor\n";
  for (int kept = 0; kept < 2; ++kept) {
    std::ofstream(path) << damaged << kept;
    {
      const auto opened = open_anchor_file(path);
      REQUIRE(opened.has_value());
      CHECK((*opened)->found() == std::nullopt);
      CHECK((*opened)->unreadable() ==
            path.string() + " is not a head anchor: no state in it is whole");
      CHECK(open_anchor_file(path).error().code == Code::unavailable);  // and is locked
    }
    CHECK(read_file(path.string()) == damaged + std::to_string(kept));
    {
      const auto opened = open_anchor_file(path);
      REQUIRE((*opened)->set(example_anchor()).has_value());
      REQUIRE((*opened)->durable().has_value());
    }
    const auto again = open_anchor_file(path);
    CHECK((*again)->found() == example_anchor());
    CHECK_FALSE((*again)->unreadable().has_value());
  }
  CHECK(read_file(path.string() + ".unreadable") == damaged + "0");
  CHECK(read_file(path.string() + ".unreadable.2") == damaged + "1");
}

TEST_CASE("a newer slot of another format does not win over what is said after it") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "anchor";
  const std::string other = "tallinn-ledger/anchor@v9\n";
  std::ofstream(path) << "slot 900 " << other.size() << " " << to_hex(sha256(other).view()) << "\n"
                      << other;
  {
    const auto opened = open_anchor_file(path);
    REQUIRE(opened.has_value());
    CHECK((*opened)->unreadable().value().find("does not begin with") != std::string::npos);
    REQUIRE((*opened)->set(example_anchor()).has_value());
  }
  CHECK((*open_anchor_file(path))->found() == example_anchor());
}

TEST_CASE("a file that the power left only grown has said nothing") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "anchor";
  std::ofstream(path) << std::string(128 << 10, '\0');
  const auto opened = open_anchor_file(path);
  REQUIRE(opened.has_value());
  CHECK((*opened)->found() == std::nullopt);
  CHECK_FALSE((*opened)->unreadable().has_value());
}

TEST_CASE("an office whose anchor does not read appends only in a later epoch of its own") {
  const AnchorState said = example_anchor();
  struct Row {
    HeldLog store;
    std::uint64_t commit;
    Standing standing;
  };
  const Row table[] = {
      {{log(0, 1), LogSize(812)}, 97, Standing::anchor_unreadable},
      {{log(0, 1), LogSize(0)}, 1, Standing::anchor_unreadable},
      {{log(0, 1), LogSize(0)}, 0, Standing::anchor_unreadable},  // the disk was lost too
      {{log(0, 2), LogSize(5)}, 3, Standing::anchor_unreadable},
      {{log(0, 2), LogSize(0)}, 0, Standing::may_append},
  };
  for (const Row& row : table) {
    CAPTURE(&row - table);
    const OwnInStore own{.log = row.store, .commit = CommitNumber(row.commit)};
    CHECK(judge_anchor({.state = {}, .unreadable = "damaged"}, said.ledger, own, {}) ==
          row.standing);
  }
}

TEST_CASE("an anchor that cannot be written answers the same fault for ever") {
  const TemporaryFolder folder;
  const auto anchor = open_anchor_file(folder.path() / "anchor");
  REQUIRE(anchor.has_value());
  std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit before = {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const struct rlimit no_bytes = {0, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &no_bytes) == 0);
  REQUIRE((*anchor)
              ->set(example_anchor())
              .has_value());  // handed over; whether it is durable the next one says
  const auto failed = (*anchor)->set(example_anchor());
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  REQUIRE(!failed.has_value());
  CHECK(failed.error().kind == Fault::io);
  CHECK((*anchor)->set(example_anchor()) == failed);
}

TEST_CASE("a torn write leaves the state before it, and two torn slots do not read") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "anchor";
  AnchorState state = example_anchor();
  for (std::uint64_t promised : {1301u, 1302u, 1303u}) {
    state.promised = Lamport(promised);
    REQUIRE((*open_anchor_file(path))->set(state).has_value());
  }
  constexpr std::streamoff kSlotBytes = 64 << 10;
  const auto tear = [&](std::streamoff slot) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(slot * kSlotBytes + 100);
    file.put('#');
  };
  tear(1);  // the third state
  CHECK((*open_anchor_file(path))->found()->promised == Lamport(1302));
  tear(0);
  CHECK((*open_anchor_file(path))->unreadable().has_value());
}

TEST_CASE("an anchor in memory outlives its object") {
  std::optional<AnchorState> kept;
  CHECK(open_anchor_memory(kept)->found() == std::nullopt);
  REQUIRE(open_anchor_memory(kept)->set(example_anchor()).has_value());
  CHECK(open_anchor_memory(kept)->found() == example_anchor());
}

TEST_CASE("an office appends only when its anchor and its store agree") {
  const AnchorState said = example_anchor();  // kyiv/1, 812 entries, root 1
  LedgerId other_ledger = said.ledger;
  other_ledger.bytes[0] ^= 1;
  AnchorState fresh = said;
  fresh.own.size = LogSize(0);

  struct Row {
    std::optional<AnchorState> anchor;
    LedgerId ledger;
    HeldLog store;
    std::uint64_t commit;
    std::uint8_t root;
    Standing standing;
  };
  const LedgerId id = said.ledger;
  const Row table[] = {
      {std::nullopt, id, {log(0, 1), LogSize(0)}, 0, 1, Standing::may_append},
      {std::nullopt, id, {log(0, 1), LogSize(1)}, 1, 1, Standing::anchor_missing},
      {std::nullopt, id, {log(0, 1), LogSize(0)}, 1, 1, Standing::anchor_missing},  // has cosigned
      {said, id, {log(0, 1), LogSize(812)}, 97, 1, Standing::may_append},
      {said, id, {log(0, 1), LogSize(812)}, 98, 1, Standing::may_append},
      {said, id, {log(0, 1), LogSize(900)}, 98, 1, Standing::may_append},  // one commit, 88 entries
      {said, id, {log(0, 1), LogSize(813)}, 99, 1, Standing::anchor_behind},
      {said, id, {log(0, 1), LogSize(812)}, 99, 1, Standing::anchor_behind},
      {said, id, {log(0, 1), LogSize(813)}, 97, 1, Standing::anchor_differs},
      {said, id, {log(0, 1), LogSize(811)}, 97, 1, Standing::store_behind},
      {said, id, {log(0, 1), LogSize(812)}, 96, 1, Standing::store_behind},
      {said, id, {log(0, 1), LogSize(0)}, 0, 1, Standing::store_behind},
      {said, id, {log(0, 1), LogSize(812)}, 97, 2, Standing::anchor_differs},
      {said, id, {log(0, 1), LogSize(900)}, 98, 2, Standing::anchor_differs},
      {said, other_ledger, {log(0, 1), LogSize(812)}, 97, 1, Standing::anchor_differs},
      {said, id, {log(1, 1), LogSize(812)}, 97, 1, Standing::anchor_differs},
      {said, id, {log(1, 2), LogSize(0)}, 0, 1, Standing::anchor_differs},
      {said, id, {log(0, 2), LogSize(0)}, 0, 1, Standing::may_append},
      {said, id, {log(0, 2), LogSize(1)}, 1, 1, Standing::anchor_missing},
      {said, id, {log(0, 2), LogSize(0)}, 1, 1, Standing::anchor_missing},
      {fresh, id, {log(0, 1), LogSize(0)}, 97, 1, Standing::may_append},
      {fresh, id, {log(0, 1), LogSize(0)}, 0, 1, Standing::store_behind},  // has cosigned
      {fresh, id, {log(0, 1), LogSize(5)}, 98, 1, Standing::may_append},
      {fresh, id, {log(0, 1), LogSize(5)}, 99, 1, Standing::anchor_behind},
  };
  for (const Row& row : table) {
    CAPTURE(&row - table);
    const auto root_at = [&](LogSize size) {
      CHECK(size == row.anchor->own.size);
      CHECK(size <= row.store.size);
      return digest(row.root);
    };
    const OwnInStore own{.log = row.store, .commit = CommitNumber(row.commit)};
    CHECK(judge_anchor(row.anchor, row.ledger, own, root_at) == row.standing);
  }
  AnchorState later = said;
  later.own.log.epoch = Epoch(2);
  CHECK(judge_anchor(later, id, {{log(0, 1), LogSize(812)}, CommitNumber(97)}, {}) ==
        Standing::anchor_differs);
}

TEST_CASE("every standing but the good one has a name, a sentence and a way out") {
  std::set<std::string_view> names;
  for (std::uint8_t n = 0; n <= static_cast<std::uint8_t>(kLastStanding); ++n) {
    const auto standing = static_cast<Standing>(n);
    names.insert(spell(standing));
    CHECK(!standing_text(standing).empty());
    CHECK(standing_way_out(standing).empty() ==
          (standing == Standing::may_append || standing == Standing::mirror));
  }
  CHECK(names.size() == static_cast<std::size_t>(kLastStanding) + 1);
}

TEST_CASE("an anchor says when what was set is durable") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "anchor";
  const auto anchor = open_anchor_file(path);
  REQUIRE(anchor.has_value());
  REQUIRE((*anchor)->durable().has_value());
  REQUIRE((*anchor)->set(example_anchor()).has_value());
  REQUIRE((*anchor)->durable().has_value());
  CHECK(read_file(path.string()).find(kExample) != std::string::npos);
}
