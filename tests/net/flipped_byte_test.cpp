// Bit rot: bytes of every file of a small office are changed one at a time. An office that starts
// on such data either says what is wrong or has every entry, note and view as it was; it never goes
// on appending with less.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "ledger/store_log.h"
#include "net/replica.h"
#include "tests/support/files.h"
#include "tests/support/record.h"

namespace tallinn::test {
namespace {

namespace fs = std::filesystem;

constexpr UnixMillis kNow{1'800'000'000'000};
constexpr std::uint64_t kStride = 1'009;  ///< bytes; another one by TALLINN_STRIDE: 1 tries all

Replica::Options warsaw(const Charter& charter) {
  return {.charter = charter, .identity = NodeIdentity{OfficeNumber(1), test_office("warsaw")}};
}

using Files = std::map<std::string, std::string>;
using Contents = std::map<std::pair<Family, Bytes>, Bytes>;

Files files_of(const fs::path& folder) {
  Files files;
  for (const auto& entry : fs::directory_iterator(folder))
    files[entry.path().filename().string()] = read_file(entry.path().string());
  return files;
}

/// Everything in a store, or the fault of whoever reads it.
Stored<Contents> contents_of(const StoreReader& store) {
  Contents all;
  for (std::size_t n = 0; n < kFamilies; ++n) {
    const auto family = static_cast<Family>(n);
    const auto scanned = store.scan(family, {}, {}, [&](BytesView key, BytesView value) {
      all[{family, Bytes(key)}] = Bytes(value);
      return StoreReader::Next::go_on;
    });
    if (!scanned) return std::unexpected(scanned.error());
  }
  return all;
}

/// An office with some entries in table files and some in the write-ahead log, at rest.
struct AtRest {
  Charter charter = signed_charter();
  std::optional<AnchorState> anchor;
  Files files;
  Contents contents;

  AtRest() {
    const TemporaryFolder folder;
    const std::string path = (folder.path() / "db").string();
    for (const auto& [begin, end] : {std::pair(0, 30), std::pair(30, 60)}) {
      auto store = std::move(*Store::open(path));
      const auto kept = open_anchor_memory(anchor);
      HeadSlot heads;
      {
        auto replica = std::move(*Replica::open(*store, *kept, heads, warsaw(charter)));
        for (int n = begin; n < end; ++n) {
          const auto line = public_record()[static_cast<std::size_t>(n)];
          REQUIRE(replica->stage_submission(submission_of(line, charter.id), kNow).has_value());
          REQUIRE(replica->commit(kNow).has_value());
        }
        contents = *contents_of(*store);
      }
      heads.set(nullptr);
      if (begin == 0) REQUIRE(store->flush().has_value());
    }
    files = files_of(path);
  }
};

enum class Found { as_it_was, does_not_open, does_not_read, does_not_append, silently_other };

Found start_on(const AtRest& office, const fs::path& folder) {
  auto store = Store::open(folder.string());
  if (!store) return Found::does_not_open;
  std::optional<AnchorState> kept = office.anchor;
  const auto anchor = open_anchor_memory(kept);
  HeadSlot heads;
  Found found = Found::silently_other;
  {
    const auto replica = Replica::open(**store, *anchor, heads, warsaw(office.charter));
    if (!replica) return Found::does_not_open;
    const auto contents = contents_of(**store);
    if (!contents)
      found = Found::does_not_read;
    else if (heads.get()->standing != Standing::may_append)
      found = Found::does_not_append;
    else if (*contents == office.contents)
      found = Found::as_it_was;
  }
  heads.set(nullptr);
  return found;
}

}  // namespace

TEST_CASE("an office on data with one byte changed has all of it or says what is wrong") {
  const AtRest office;
  const TemporaryFolder folder;
  const char* asked = std::getenv("TALLINN_STRIDE");
  const std::uint64_t stride = asked != nullptr ? std::max(1, std::atoi(asked)) : kStride;
  std::map<Found, int> count;
  std::map<std::string, int> kinds;
  std::uint64_t at = 0;
  for (const auto& [name, bytes] : office.files) {
    if (name.starts_with("LOG") || name == "LOCK") continue;  // RocksDB's own diary, an empty file
    for (; at < bytes.size(); at += stride) {
      CAPTURE(name);
      CAPTURE(at);
      const fs::path copy = folder.path() / "db";
      fs::remove_all(copy);
      fs::create_directory(copy);
      for (const auto& [other, content] : office.files)
        std::ofstream(copy / other, std::ios::binary) << content;
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
      std::ofstream(copy / name, std::ios::binary) << changed;
      const Found found = start_on(office, copy);
      CHECK(found != Found::silently_other);
      ++count[found];
      ++kinds[fs::path(name).extension().string()];
    }
    at -= bytes.size();
  }
  CHECK(kinds[".sst"] > 0);
  CHECK(kinds[".log"] > 0);
  CHECK(count[Found::does_not_open] > 0);
  CHECK(count[Found::as_it_was] > 0);  // where nothing is kept: padding, what is written again
  MESSAGE("as it was ", count[Found::as_it_was], ", does not open ", count[Found::does_not_open],
          ", does not read ", count[Found::does_not_read], ", does not append ",
          count[Found::does_not_append]);
}

}  // namespace tallinn::test
