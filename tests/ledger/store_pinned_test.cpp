// Files that stay readable as they were when they were pinned, whatever becomes of the folder.
#include "ledger/store_pinned.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "tests/ledger/store_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

void append(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary | std::ios::app) << text;
}

/// All that can be read of a file, in reads of three bytes.
std::string read(PinnedFiles& files, const std::filesystem::path& path) {
  std::unique_ptr<rocksdb::FSSequentialFile> file;
  if (!files.NewSequentialFile(path.string(), {}, &file, nullptr).ok()) return "cannot be opened";
  std::string text;
  char scratch[3];
  for (rocksdb::Slice piece;;) {
    REQUIRE(file->Read(sizeof scratch, {}, &piece, scratch, nullptr).ok());
    if (piece.empty()) return text;
    text += piece.ToString();
  }
}

std::shared_ptr<PinnedFiles> pin(const TemporaryFolder& folder) {
  auto files = PinnedFiles::pin(folder.path().string());
  REQUIRE(files.has_value());
  return *files;
}

}  // namespace

TEST_CASE("a file that was deleted or replaced after pinning reads as it was") {
  const TemporaryFolder folder;
  append(folder.path() / "000007.sst", "table seven");
  append(folder.path() / "CURRENT", "MANIFEST-000001\n");
  const auto files = pin(folder);
  std::filesystem::remove(folder.path() / "000007.sst");
  append(folder.path() / "new", "MANIFEST-000009\n");
  std::filesystem::rename(folder.path() / "new", folder.path() / "CURRENT");
  CHECK(read(*files, folder.path() / "000007.sst") == "table seven");
  CHECK(read(*files, folder.path() / "CURRENT") == "MANIFEST-000001\n");
  CHECK(files->FileExists((folder.path() / "000007.sst").string(), {}, nullptr).ok());
}

TEST_CASE("a manifest and a write-ahead log are read up to where they were") {
  const TemporaryFolder folder;
  append(folder.path() / "MANIFEST-000001", "one two");
  append(folder.path() / "000002.log", "one two");
  const auto files = pin(folder);
  append(folder.path() / "MANIFEST-000001", " three");
  append(folder.path() / "000002.log", " three");
  CHECK(read(*files, folder.path() / "MANIFEST-000001") == "one two");
  CHECK(read(*files, folder.path() / "000002.log") == "one two");
}

TEST_CASE("files made after pinning are not in the folder, and the lock is left to its writer") {
  const TemporaryFolder folder;
  append(folder.path() / "CURRENT", "x");
  append(folder.path() / "LOCK", "");
  const auto files = pin(folder);
  append(folder.path() / "000008.sst", "later");
  std::vector<std::string> names;
  REQUIRE(files->GetChildren(folder.path().string(), {}, &names, nullptr).ok());
  CHECK(names == std::vector<std::string>{"CURRENT"});
}

TEST_CASE("a folder that cannot be listed, or a table that is no file, is told by its path") {
  const TemporaryFolder folder;
  const auto absent = PinnedFiles::pin((folder.path() / "absent").string());
  REQUIRE_FALSE(absent.has_value());
  CHECK(absent.error().detail.find("absent") != std::string::npos);
  std::filesystem::create_directory(folder.path() / "000003.sst");
  const auto odd = PinnedFiles::pin(folder.path().string());
  REQUIRE_FALSE(odd.has_value());
  CHECK(odd.error().detail.find("000003.sst is not a file") != std::string::npos);
}
