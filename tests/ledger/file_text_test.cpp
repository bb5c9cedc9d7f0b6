#include "ledger/file_text.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "ledger/file_keys.h"
#include "tests/ledger/keys_for_tests.h"
#include "tests/support/files.h"

using namespace tallinn;
using namespace tallinn::test;
namespace fs = std::filesystem;

namespace {

class Folder : public TemporaryFolder {
 public:
  fs::path operator/(std::string_view name) const { return path() / name; }
  std::size_t count() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(path()), fs::directory_iterator()));
  }
};

constexpr WriteOptions kRefuse{.mode = 0644, .existing = WriteOptions::Existing::refuse};

}  // namespace

TEST_CASE("what was written is read, a second write replaces it, and nothing else is left") {
  const Folder folder;
  const fs::path path = folder / "note";
  CHECK(write_file_durably(path, "one\n"));
  CHECK(read_file(path, 100).value() == "one\n");
  const std::string large(100000, 'x');
  CHECK(write_file_durably(path, large));
  CHECK(read_file(path, large.size()).value() == large);
  CHECK(folder.count() == 1);
}

TEST_CASE("a file longer than the bound, or missing, is refused") {
  const Folder folder;
  CHECK(write_file_durably(folder / "a", "12345"));
  CHECK(read_file(folder / "a", 5));
  CHECK(read_file(folder / "a", 4).error().code == Code::malformed);
  CHECK(read_file(folder / "b", 4).error().code == Code::not_found);
  CHECK_FALSE(write_file_durably(folder / "missing/a", "x"));
}

TEST_CASE("an existing file that may not be replaced stays as it is") {
  const Folder folder;
  CHECK(write_file_durably(folder / "a", "old", kRefuse));
  CHECK(write_file_durably(folder / "a", "new", kRefuse).error().code == Code::id_conflict);
  CHECK(read_file(folder / "a", 9).value() == "old");
  CHECK(folder.count() == 1);
}

TEST_CASE("a temporary file that a crash left behind is in nobody's way") {
  const Folder folder;
  CHECK(write_file_durably(folder / "a.tmp", "half"));
  CHECK(write_file_durably(folder / "a", "whole"));
  CHECK(read_file(folder / "a", 9).value() == "whole");
}

TEST_CASE(
    "many files are written with one sync, each whole under its name, in folders made for them") {
  const Folder folder;
  const fs::path path = folder / "made/for/it";
  CHECK(write_file_unsynced(path, "one"));
  CHECK(write_file_unsynced(path, "two"));
  CHECK(write_file_durably(path.string() + ".tmp", "left by a crash"));
  CHECK(write_file_unsynced(path, "three"));
  CHECK(sync_files(folder.path()));
  CHECK(read_file(path, 9).value() == "three");
  CHECK(std::distance(fs::directory_iterator(path.parent_path()), {}) == 1);
  CHECK_FALSE(write_file_unsynced(path / "below a file", "x"));
  CHECK_FALSE(sync_files(folder / "missing"));
}

TEST_CASE("a key file is for its owner alone, and is never overwritten") {
  const Folder folder;
  const fs::path path = folder / "EE.key";
  const KeyFile key = make_key_file({.kind = KeyOwner::Kind::party, .name = "EE"}, test_seed("EE"));
  CHECK(write_key_file(path, encode_key_file(key)));
  struct stat status = {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(load_key_file(path).value().public_key == key.public_key);
  CHECK(load_key_file_head(path).value().owner == key.owner);
  CHECK(write_key_file(path, encode_key_file(key)).error().code == Code::id_conflict);
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  CHECK(load_key_file(path).error().code == Code::unauthorised);
  CHECK(load_key_file(folder / "PL.key").error().code == Code::not_found);
}
