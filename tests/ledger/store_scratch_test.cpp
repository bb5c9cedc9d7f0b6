#include "ledger/store_scratch.h"

#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/ledger/store_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

/// TMPDIR as it is told, until the end of the test.
class TemporaryFiles {
 public:
  explicit TemporaryFiles(const std::filesystem::path& below) {
    if (const char* before = std::getenv("TMPDIR")) before_ = before;
    ::setenv("TMPDIR", below.c_str(), 1);
  }
  ~TemporaryFiles() {
    if (before_)
      ::setenv("TMPDIR", before_->c_str(), 1);
    else
      ::unsetenv("TMPDIR");
  }

 private:
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("a scratch store keeps what it is given and leaves nothing behind") {
  const TemporaryFolder folder;
  const TemporaryFiles here(folder.path());
  {
    const auto scratch = ScratchStore::make();
    REQUIRE(scratch.has_value());
    Store& store = (*scratch)->store();
    REQUIRE(store.commit_derived(one_put(Family::views, "key", "value")).has_value());
    CHECK(read_all(store, Family::views) == Pairs{{"key", "value"}});
    CHECK_FALSE(std::filesystem::is_empty(folder.path()));
  }
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("without a folder for temporary files the sentence says what to set") {
  const TemporaryFolder folder;
  const TemporaryFiles nowhere(folder.path() / "not-there");
  const auto scratch = ScratchStore::make();
  REQUIRE_FALSE(scratch.has_value());
  CHECK(scratch.error().code == Code::unavailable);
  CHECK(scratch.error().detail.find("TMPDIR") != std::string::npos);
}
