#include "net/logs_file.h"

#include "ledger/held_logs.h"
#include "tests/net/office.h"

using namespace tallinn;
using test::Office;

namespace {

Bytes file_of(const Office& office, std::vector<HeldLog> since) {
  Bytes out;
  const auto written = write_logs_file(*office.heads.get(), {.charter = office.charter,
                                                             .name = office.name,
                                                             .since = std::move(since),
                                                             .write =
                                                                 [&](BytesView bytes) {
                                                                   out.append(bytes);
                                                                   return Result<void>{};
                                                                 },
                                                             .progress = {}});
  REQUIRE(written.has_value());
  return out;
}

Result<LogsRead> read(Replica& replica, BytesView file) {
  return read_logs_file(replica, {.read = [&](std::size_t most) -> Result<Bytes> {
                                    Bytes part(file.substr(0, most));
                                    file.remove_prefix(part.size());
                                    return part;
                                  },
                                  .clock = [] { return UnixMillis(1'800'000'000'000); },
                                  .progress = {}});
}

/// Kyiv's machine, whose disk may fail, and what runs on it.
struct Kyiv {
  std::shared_ptr<MemoryDisk> disk = MemoryDisk::make();
  std::optional<AnchorState> kept_anchor;
  Charter charter = test::signed_charter();
  std::unique_ptr<Store> store;
  std::unique_ptr<Anchor> anchor;
  HeadSlot heads;
  std::unique_ptr<Replica> replica;

  ~Kyiv() { stop(); }
  void start() {
    store = std::move(*Store::open("/kyiv/db", {.disk = disk}));
    anchor = open_anchor_memory(kept_anchor);
    auto opened = Replica::open(
        *store, *anchor, heads,
        {.charter = charter,
         .identity = NodeIdentity{*charter.office_number("kyiv"), test::test_office("kyiv")}});
    REQUIRE_MESSAGE(opened, opened.error().detail);
    replica = std::move(*opened);
  }
  void stop() {
    replica.reset();
    heads.set(nullptr);
    anchor.reset();
    store.reset();
  }
};

}  // namespace

TEST_CASE("what a file carries is taken once, and nothing of it is trusted for coming as a file") {
  Office warsaw;
  REQUIRE(warsaw.record(40) > 20);
  const auto first = warsaw.heads.get()->held;
  const Bytes file = file_of(warsaw, {});
  Kyiv kyiv;
  kyiv.start();
  const auto taken = read(*kyiv.replica, file);
  REQUIRE_MESSAGE(taken, taken.error().detail);
  CHECK(taken->from == "warsaw");
  CHECK(taken->entries == missing_from({}, first));
  CHECK(taken->refused.empty());
  CHECK(kyiv.replica->held() == first);
  const auto again = read(*kyiv.replica, file);
  REQUIRE(again);
  CHECK(again->entries == 0);
  std::size_t line = 40;
  while (warsaw.post(warsaw.line(line)).status != 200) ++line;
  const Bytes rest = file_of(warsaw, first);
  CHECK(rest.size() < file.size());
  const auto more = read(*kyiv.replica, rest);
  REQUIRE(more);
  CHECK(more->entries == 1);
  for (std::size_t at = 0; at < rest.size(); at += at < 600 ? 11 : 83) {  // whatever is changed
    Kyiv other;
    other.start();
    REQUIRE(read(*other.replica, file));
    Bytes changed = rest;
    changed[at] = static_cast<char>(changed[at] ^ 0x08);
    const auto read_changed = read(*other.replica, changed);
    if (read_changed) CHECK_MESSAGE(read_changed->entries <= 1, at);
    const auto held = other.replica->held();
    CHECK((held == first || held == warsaw.heads.get()->held));
  }
}

TEST_CASE("a disk that fails at any write of an import loses nothing, and the file is read again") {
  Office warsaw;
  REQUIRE(warsaw.record(20) > 10);
  const Bytes file = file_of(warsaw, {});
  const auto first = warsaw.heads.get()->held;
  for (std::size_t line = 20; line < 40; ++line) warsaw.post(warsaw.line(line));
  const Bytes rest = file_of(warsaw, first);
  const auto whole = warsaw.heads.get()->held;
  REQUIRE(missing_from(first, whole) > 10);
  std::uint64_t failures = 0;
  for (std::uint64_t n = 1;; ++n) {
    CAPTURE(n);
    REQUIRE(n < 1'000);
    Kyiv kyiv;
    kyiv.start();
    kyiv.disk->fail_after(n);
    auto taken = read(*kyiv.replica, file);
    const bool first_taken = taken.has_value();
    if (taken) taken = read(*kyiv.replica, rest);
    if (taken) break;
    ++failures;
    CHECK(taken.error().code == Code::unavailable);
    kyiv.stop();
    kyiv.disk->fail_after(0);
    kyiv.disk->lose_unsynced();
    kyiv.start();
    if (first_taken) CHECK(kyiv.replica->held() == first);  // what was committed is there
    for (const Bytes& again : {file, rest}) {
      const auto read_again = read(*kyiv.replica, again);
      REQUIRE_MESSAGE(read_again, read_again.error().detail);
    }
    CHECK(kyiv.replica->held() == whole);
  }
  CHECK(failures > 3);
}
