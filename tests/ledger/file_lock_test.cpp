#include "ledger/file_lock.h"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/files.h"

using namespace tallinn;
using namespace tallinn::test;

TEST_CASE("a folder has one writer at a time, and a lock leaves nothing in it") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "made" / "here";
  auto first = FolderLock::take(path, "another backup");
  REQUIRE(first.has_value());
  const auto second = FolderLock::take(path, "another backup");
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == Code::unavailable);
  CHECK(second.error().detail.starts_with("another backup is writing to " + path.string()));
  CHECK(FolderLock::take(folder.path(), "another backup").has_value());
  first->reset();
  CHECK(FolderLock::take(path, "another backup").has_value());
  CHECK(std::filesystem::is_empty(path));
}

TEST_CASE("a folder that cannot be made or is a file cannot be locked, and the error says why") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "file";
  std::ofstream(file) << "text";
  for (const auto& path : {file, file / "below"}) {
    const auto refused = FolderLock::take(path, "another backup");
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Code::unavailable);
    CHECK(refused.error().detail.find(path.string()) != std::string::npos);
  }
}
