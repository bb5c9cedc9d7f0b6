#include "tools/export_site.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "ledger/file_text.h"
#include "tests/support/files.h"
#include "tests/support/record.h"
#include "tests/tools/memory_source.h"
#include "tests/tools/site_for_tests.h"
#include "tools/audit.h"
#include "tools/log_client.h"

using namespace tallinn;
using namespace tallinn::test;
namespace fs = std::filesystem;

namespace {

constexpr LogId kKyivLog{.office = kKyiv, .epoch = Epoch(1)};
constexpr LogId kWarsawLog{.office = kWarsaw, .epoch = Epoch(1)};

/// Logs of any size: an export does not look into entries. Kyiv's has `size` of them, Warsaw's 3.
class LongLogs final : public LogSource {
 public:
  explicit LongLogs(std::uint64_t size, std::string_view history = "one")
      : history_(history), sizes_{{kKyivLog, LogSize(size)}, {kWarsawLog, LogSize(3)}} {}

  Result<std::vector<Log>> logs() override {
    std::vector<Log> found;
    for (const auto& [id, size] : sizes_) found.push_back({.id = id, .size = size});
    return found;
  }
  Result<std::vector<std::string>> checkpoints(LogId log) override {
    const auto& office = charter.offices[log.office.value()];
    const auto& other = charter.offices[1 - log.office.value()];
    const std::string text =
        format_checkpoint({charter.origin(log), sizes_[log], root_to_sign.value_or(root(log))});
    const auto own =
        sign_note(charter.origin(log), test_office(signer.value_or(office.name)).log, text);
    const auto cosigned = cosign_note(other.witness.name, test_office(other.name).witness,
                                      UnixSeconds(1'700'000'000), text);
    return std::vector{format_note({text, {own}}), format_note({text, {own, cosigned}})};
  }
  Result<std::optional<std::string>> state_note() override { return state; }
  Result<std::string> chain() override { return encode_chain(charter, {}); }
  Result<std::vector<Item>> read(const Log& log, LogIndex begin, std::size_t count) override {
    std::vector<Item> items;
    for (std::size_t i = 0; i < count; ++i) items.emplace_back(entry(log.id, begin.value() + i));
    return items;
  }
  Result<std::vector<Digest>> row(const Log&, std::uint8_t, std::uint64_t, std::size_t) override {
    return refuse(Code::unavailable, "not asked for");
  }
  const std::vector<SourceFault>& faults() const override { return faults_; }

  Bytes entry(LogId log, std::uint64_t index) const {
    return history_ + " " + std::to_string(log.office.value()) + "/" + std::to_string(index);
  }
  Digest root(LogId log) const {
    Frontier frontier;
    for (std::uint64_t i = 0; i < sizes_.at(log).value(); ++i)
      frontier.append(leaf_hash(entry(log, i)));
    return frontier.root();
  }

  const Charter charter = signed_charter();
  std::optional<std::string> state;
  std::optional<Digest> root_to_sign;
  std::optional<std::string> signer;

 private:
  std::string history_;
  std::map<LogId, LogSize> sizes_;
  std::vector<SourceFault> faults_;
};

/// Counts operations that change something, and fails from a given one on.
class CutFiles final : public SiteFiles {
 public:
  CutFiles(const std::string& root, std::size_t fail_at)
      : files_(std::move(*open_site_files(root))), fail_at_(fail_at) {}
  Result<Bytes> read(const std::string& path) override { return files_->read(path); }
  Result<void> put(const std::string& path, BytesView content) override {
    if (auto cut = step(); !cut) return cut;
    settled_ = false;
    CHECK(path.find("/tile/") != std::string::npos);
    return files_->put(path, content);
  }
  Result<void> settle() override {
    if (auto cut = step(); !cut) return cut;
    settled_ = true;
    return {};
  }
  /// What names tiles is durable by itself, and comes when they are.
  Result<void> replace(const std::string& path, BytesView content) override {
    if (auto cut = step(); !cut) return cut;
    CHECK(settled_);
    return files_->replace(path, content);
  }
  Result<std::vector<std::string>> partial_folders(const std::string& folder) override {
    return files_->partial_folders(folder);
  }
  Result<void> remove_folder(const std::string& path) override {
    if (auto cut = step(); !cut) return cut;
    return files_->remove_folder(path);
  }
  std::size_t steps = 0;

 private:
  Result<void> step() {
    if (steps == fail_at_) return refuse(Code::unavailable, "cut here");
    ++steps;
    return {};
  }
  std::unique_ptr<SiteFiles> files_;
  std::size_t fail_at_;
  bool settled_ = false;
};

Result<std::vector<ExportedLog>> exported(LongLogs& source, const fs::path& site,
                                          std::size_t fail_at = SIZE_MAX,
                                          std::size_t* steps = nullptr) {
  CutFiles files(site.string(), fail_at);
  auto result = export_site(source, source.charter, files, {});
  if (steps != nullptr) *steps = files.steps;
  return result;
}

std::set<std::string> files_of(const fs::path& site) {
  std::set<std::string> found;
  for (const auto& file : fs::recursive_directory_iterator(site))
    if (file.is_regular_file()) found.insert(file.path().lexically_relative(site).generic_string());
  return found;
}

/// What the site says of a log is what its tiles and bundles prove; returns its size.
std::uint64_t check_log(const fs::path& site, const LongLogs& source, LogId log) {
  LogClient client(files_below(site.string()), source.charter);
  const auto note = client.checkpoint(log);
  if (!note) return 0;
  const auto checkpoint = parse_checkpoint(parse_note(*note)->text);
  REQUIRE(checkpoint);
  ServedRows rows(client, log, checkpoint->size);
  TileHashReader hashes(rows);
  CHECK(tree_root(checkpoint->size, hashes) == checkpoint->root);
  const auto entries = client.entries(log, checkpoint->size, LogIndex(0), checkpoint->size.value());
  REQUIRE_MESSAGE(entries, entries.error().detail);
  Frontier frontier;
  for (std::size_t i = 0; i < entries->size(); ++i) {
    REQUIRE((*entries)[i] == source.entry(log, i));
    frontier.append(leaf_hash((*entries)[i]));
  }
  CHECK(frontier.root() == checkpoint->root);
  return checkpoint->size.value();
}

}  // namespace

TEST_CASE("an exported log is proven by its tiles, and grows by what is new alone") {
  const TemporaryFolder folder;
  const fs::path site = folder.path() / "site";
  std::uint64_t before = 0;
  for (const std::uint64_t size : {1u, 255u, 256u, 257u, 600u, 66'000u, 66'000u, 66'040u}) {
    CAPTURE(size);
    LongLogs source(size);
    std::size_t steps = 0;
    const auto logs = exported(source, site, SIZE_MAX, &steps);
    REQUIRE_MESSAGE(logs, logs.error().detail);
    REQUIRE(logs->size() == 2);
    CHECK((*logs)[0].before == LogSize(before));
    CHECK((*logs)[0].size == LogSize(size));
    CHECK(check_log(site, source, kKyivLog) == size);
    CHECK(check_log(site, source, kWarsawLog) == 3);
    if (before >= 256) CHECK(steps <= 2 * (size / 256 - before / 256) + 20);
    before = size;
  }
  const auto files = files_of(site);
  CHECK(files.contains("log/kyiv/1/tile/1/000"));
  CHECK(files.contains("log/kyiv/1/tile/2/000.p/1"));
  CHECK(files.contains("log/kyiv/1/tile/0/257.p/208"));  // 66,000, until the tile is full
  CHECK(files.contains("log/kyiv/1/tile/0/257.p/248"));
  CHECK(!files.contains("log/kyiv/1/tile/0/002.p/88"));  // 600, long since full
}

TEST_CASE(
    "partial tiles stay until the full one is there, and who asks for one then gets its "
    "beginning") {
  const TemporaryFolder folder;
  const fs::path site = folder.path() / "site";
  for (const std::uint64_t size : {10u, 20u}) {
    LongLogs source(size);
    REQUIRE(exported(source, site));
  }
  CHECK(files_of(site).contains("log/kyiv/1/tile/0/000.p/10"));
  CHECK(files_of(site).contains("log/kyiv/1/tile/entries/000.p/20"));
  LongLogs source(600);
  REQUIRE(exported(source, site));
  for (const std::string& file : files_of(site)) {
    CAPTURE(file);
    CHECK(!file.starts_with("log/kyiv/1/tile/0/000.p"));
    CHECK(!file.starts_with("log/kyiv/1/tile/entries/000.p"));
  }
  LogClient client(files_below(site.string()), source.charter);
  const auto entries = client.entries(kKyivLog, LogSize(20), LogIndex(3), 17);
  REQUIRE(entries);
  CHECK(entries->back() == source.entry(kKyivLog, 19));
  const auto row = client.row(kKyivLog, LogSize(20), 0, 3, 17);
  REQUIRE(row);
  CHECK(row->back() == leaf_hash(source.entry(kKyivLog, 19)));
}

TEST_CASE(
    "an export that is cut anywhere leaves a site that holds, and the next one completes it") {
  const TemporaryFolder folder;
  const fs::path begun = folder.path() / "begun";
  LongLogs first(250);
  REQUIRE(exported(first, begun));
  LongLogs source(600);
  const fs::path fresh = folder.path() / "fresh";
  REQUIRE(exported(source, fresh));
  std::size_t cuts = 0;
  for (;; ++cuts) {
    CAPTURE(cuts);
    const fs::path site = folder.path() / ("cut" + std::to_string(cuts));
    fs::copy(begun, site, fs::copy_options::recursive);
    const bool whole = exported(source, site, cuts).has_value();
    const auto size = check_log(site, source, kKyivLog);
    CHECK((size == 250 || size == 600));
    if (whole) break;
    REQUIRE(exported(source, site));
    CHECK(check_log(site, source, kKyivLog) == 600);
    CHECK(files_of(site) == files_of(fresh));
  }
  CHECK(cuts > 10);
}

TEST_CASE("what does not continue the site, or is not signed, is never put in its place") {
  const TemporaryFolder folder;
  const fs::path site = folder.path() / "site";
  LongLogs first(300);
  REQUIRE(exported(first, site));
  const auto published = *read_file(site / "log/kyiv/1/checkpoint", 10'000);
  LongLogs shorter(299);
  LongLogs other(400, "two");
  LongLogs wrong_root(400);
  wrong_root.root_to_sign = Digest{};
  LongLogs wrong_key(400);
  wrong_key.signer = "warsaw";
  for (LongLogs* source : {&shorter, &other, &wrong_root, &wrong_key}) {
    const auto refused = exported(*source, site);
    REQUIRE(!refused);
    CHECK(refused.error().code == Code::failed);
    CHECK(*read_file(site / "log/kyiv/1/checkpoint", 10'000) == published);
    CHECK(check_log(site, first, kKyivLog) == 300);
  }
  LongLogs next(400);
  REQUIRE(exported(next, site));
  CHECK(check_log(site, next, kKyivLog) == 400);
}

TEST_CASE("two exports never write into one folder") {
  const TemporaryFolder folder;
  const std::string site = (folder.path() / "site").string();
  const auto first = open_site_files(site);
  REQUIRE(first);
  const auto second = open_site_files(site);
  REQUIRE(!second);
  CHECK(second.error().code == Code::unavailable);
  CHECK(second.error().detail.starts_with("another export is writing to " + site));
}

TEST_CASE("the checkpoint of a site has every cosignature that the source knows") {
  const TemporaryFolder folder;
  LongLogs source(5);
  REQUIRE(exported(source, folder.path() / "site"));
  const auto note = parse_note(*read_file(folder.path() / "site/log/kyiv/1/checkpoint", 10'000));
  REQUIRE(note);
  const std::array known{source.charter.offices[0].log, source.charter.offices[1].witness};
  CHECK(verify_note(*note, known)->size() == 2);
  CHECK(note->signatures.size() == 2);
}

TEST_CASE("an audit of the exported public record passes, and names an entry that was changed") {
  Scribe scribe;
  scribe.record_all(public_record());
  MemorySource source(scribe);
  const Site site;
  const auto logs = export_site(source, scribe.charter, *site.files, {});
  REQUIRE_MESSAGE(logs, logs.error().detail);
  CHECK(*read_file(site.path / "charter.txt", 100'000) == scribe.charter.note);
  REQUIRE(is_site(site.path.string()));
  const auto audited = [&] {
    auto opened = open_source(site.path.string(), scribe.charter);
    REQUIRE_MESSAGE(opened, opened.error().detail);
    auto report = audit(**opened, scribe.charter, {.threads = 2, .progress = {}});
    REQUIRE_MESSAGE(report, report.error().detail);
    return *std::move(report);
  };
  const auto report = audited();
  CHECK(report.holds());
  REQUIRE(report.state_note);
  CHECK(report.state_note->verdict == AuditedStateNote::Verdict::holds);
  const fs::path bundle = *fs::directory_iterator(site.path / "log/kyiv/1/tile/entries/000.p");
  auto bytes = *read_file(bundle, 1u << 20);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  std::ofstream(bundle, std::ios::binary) << bytes;
  const auto damaged = audited();
  CHECK(!damaged.holds());
  REQUIRE(!damaged.failures.empty());
  CHECK(damaged.failures[0].origin == "tallinn-mechanism.example/kyiv/1");
}
