// Reading a store that another process writes to.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "events/wire.h"
#include "tests/ledger/store_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

Bytes number(std::uint64_t n) {
  Bytes bytes;
  put_be(bytes, n);
  return bytes;
}

}  // namespace

TEST_CASE("opened beside a writer that flushes and drops its logs, a store lacks no commit") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "db").string();
  const auto store = open_store(path);
  std::atomic<std::uint64_t> committed = 0;
  std::atomic<bool> ending = false;
  std::thread writer([&] {
    for (std::uint64_t n = 0; !ending; ++n) {
      if (!store->commit(one_put(Family::entries, number(n), Bytes(200, 'e')))) return;
      committed = n + 1;
      if (n % 7 == 6 && !store->flush()) return;
    }
  });
  bool whole = true;
  std::uint64_t opened = 0;
  for (; (opened < 40 || committed < 100) && whole; ++opened) {
    const std::uint64_t before = committed;
    const auto beside =
        Store::open(path, {.disk = nullptr, .access = StoreOptions::Access::read_only});
    whole = beside.has_value();
    if (!whole) {
      MESSAGE(beside.error().detail);
      break;
    }
    std::uint64_t next = 0;
    const auto scanned = (*beside)->scan(Family::entries, {}, {}, [&](BytesView key, BytesView) {
      whole = whole && key == number(next++);
      return StoreReader::Next::go_on;
    });
    whole = whole && scanned && next >= before;
  }
  ending = true;
  writer.join();
  CHECK(whole);
  CHECK(opened >= 40);
}
