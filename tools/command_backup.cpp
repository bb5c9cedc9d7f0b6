#include <ostream>

#include "ledger/file_lock.h"
#include "ledger/file_text.h"
#include "ledger/store_scratch.h"
#include "net/fsck.h"
#include "net/fsck_notes.h"
#include "net/head.h"
#include "net/restore.h"
#include "net/stored_bundle.h"
#include "tools/commands.h"
#include "tools/folder_kind.h"
#include "tools/local_store.h"
#include "tools/progress.h"

namespace tallinn {

namespace {

namespace fs = std::filesystem;

struct BackupArguments {
  std::string from;
  std::string to;
  std::string charter;
};

/// Progress whose stages come one after the other.
class Stages {
 public:
  Stages(Shell& shell, std::string what) : shell_(shell), what_(std::move(what)) {}
  void at(std::string_view stage, std::uint64_t done, std::uint64_t total) {
    if (stage != stage_) {
      stage_ = stage;
      progress_.emplace(shell_, what_, total, stage_);
    }
    progress_->at(done, total);
  }

 private:
  Shell& shell_;
  std::string what_;
  std::string stage_;
  std::optional<Progress> progress_;
};

void run_backup(const BackupArguments& options, Shell& shell) {
  if (const auto fits =
          expect_folder(options.from, {FolderKind::node, FolderKind::data, FolderKind::other},
                        "name the folder of a node, or its data folder");
      !fits)
    return shell.fail("backup", fits.error());
  if (const auto fits = expect_folder(options.to, {FolderKind::backup, FolderKind::other},
                                      "name a new folder, or that of a backup");
      !fits)
    return shell.fail("backup", fits.error());
  const auto local =
      open_local_store(options.from, options.charter, StoreOptions::Access::read_only);
  if (!local) return shell.fail("backup", local.error());
  if (local->damaged)
    return shell.fail("backup",
                      "the store is damaged (" + local->damaged->detail +
                          "); tallinn fsck and tallinn audit say what is left of it",
                      Exit::found_false);
  const auto snapshot = local->store->snapshot();
  Differences differences;
  StoredViews views(*snapshot);
  const Roster roster = read_roster(views, local->charter);
  if (views.fault()) return shell.fail("backup", *views.fault());
  const auto notes = check_notes(*snapshot, local->charter, roster, std::nullopt, differences);
  if (!notes) return shell.fail("backup", notes.error());
  if (differences.total() > 0)
    return shell.fail("backup",
                      "a note in the store does not hold: " + differences.kept()[0].key + ", " +
                          differences.kept()[0].detail,
                      Exit::found_false);
  const auto chain = make_stored_chain(*snapshot, local->charter);
  if (!chain) return shell.fail("backup", chain.error());
  if (!*chain) return shell.fail("backup", chain->error());
  Result<BackupReport> report;
  {
    Stages stages(shell, "backup");
    report = write_backup(
        *snapshot, {.charter = local->charter, .said = notes->said, .chain = **chain}, options.to,
        {.progress = [&](std::string_view stage, std::uint64_t done, std::uint64_t total) {
          stages.at(stage, done, total);
        }});
  }
  if (!report) return shell.fail("backup", report.error());
  shell.say("{0:count} {0:entry|entries} in {1}, {2:count} of them new, all verified",
            report->entries, options.to, report->added);
}

/// The store in a folder that takes its name only when it is whole, and goes when it never is.
class Coming {
 public:
  static Result<std::unique_ptr<Coming>> begin(const fs::path& folder) {
    auto lock = FolderLock::take(folder, "another restore");
    if (!lock) return std::unexpected(lock.error());
    const fs::path path = folder / "db";
    std::error_code error;
    if (fs::exists(path, error) || fs::exists(folder / "CURRENT", error))
      return refuse(Code::id_conflict, folder.string() + " holds ledger data already");
    std::unique_ptr<Coming> coming(new Coming(*std::move(lock), path));
    fs::remove_all(coming->temporary_, error);  // of a restore that was cut short
    if (error)
      return refuse(Code::unavailable,
                    "cannot remove " + coming->temporary_.string() + ": " + error.message());
    auto store = Store::open(coming->temporary_.string());
    if (!store) return std::unexpected(error_from(store.error()));
    coming->store_ = std::move(*store);
    return coming;
  }
  ~Coming() {
    store_.reset();
    std::error_code left;  // renamed, or of no use: the next restore removes what stays
    fs::remove_all(temporary_, left);
  }
  Coming(const Coming&) = delete;
  Coming& operator=(const Coming&) = delete;

  Store& store() { return *store_; }
  Result<void> finish() {
    store_.reset();
    std::error_code error;
    fs::rename(temporary_, path_, error);
    if (error)
      return refuse(Code::unavailable,
                    "cannot rename " + temporary_.string() + ": " + error.message());
    return sync_files(path_.parent_path());
  }

 private:
  Coming(std::unique_ptr<FolderLock> lock, fs::path path)
      : lock_(std::move(lock)), path_(path), temporary_(path.string() + ".restoring") {}
  std::unique_ptr<FolderLock> lock_;
  fs::path path_;
  fs::path temporary_;
  std::unique_ptr<Store> store_;
};

/// Everything that was restored, checked as any store is.
Result<void> check_restored(const Store& store, const Charter& charter, Stages& stages) {
  auto scratch = ScratchStore::make();
  if (!scratch) return std::unexpected(scratch.error());
  FsckOptions how;
  how.progress = [&](std::string_view stage, std::uint64_t done, std::uint64_t total) {
    stages.at(stage, done, total);
  };
  const auto report = fsck(store, charter, (*scratch)->store(), how);
  if (!report) return std::unexpected(error_from(report.error()));
  if (report->differences.total() == 0) return {};
  const Difference& first = report->differences.kept()[0];
  return refuse(Code::failed, "what was restored does not hold: " + first.key + " " + first.detail);
}

void run_restore(const BackupArguments& options, Shell& shell) {
  if (const auto fits = expect_folder(options.from, {FolderKind::backup, FolderKind::other},
                                      "name the folder of a backup");
      !fits)
    return shell.fail("restore", fits.error());
  if (const auto fits =
          expect_folder(options.to, {FolderKind::data, FolderKind::other},
                        "name the folder that its node.toml calls data, or a new one");
      !fits)
    return shell.fail("restore", fits.error());
  const auto backup = open_backup(options.from);
  if (!backup) return shell.fail("restore", backup.error());
  auto coming = Coming::begin(options.to);
  if (!coming) return shell.fail("restore", coming.error());
  Stages stages(shell, "restore");
  const auto report =
      restore_store(*backup, options.from, (*coming)->store(),
                    {.progress = [&](std::string_view stage, std::uint64_t done,
                                     std::uint64_t total) { stages.at(stage, done, total); }});
  if (!report) return shell.fail("restore", report.error());
  if (const auto checked = check_restored((*coming)->store(), backup->charter, stages); !checked)
    return shell.fail("restore", checked.error());
  if (const auto finished = (*coming)->finish(); !finished)
    return shell.fail("restore", finished.error());
  shell.say(
      "{0:count} {0:entry|entries} restored to {1}\n"
      "The data is marked as restored: a node on it serves reads and catches up from its peers, "
      "and never\n"
      "continues an epoch of the backup. To append again: tallinn office epoch",
      report->entries, options.to);
}

}  // namespace

void add_backup_commands(CLI::App& app, Shell& shell) {
  CLI::App* backup = app.add_subcommand(
      "backup", "copy a node's logs and notes to plain files, and verify what was written");
  auto options = std::make_shared<BackupArguments>();
  backup->add_option("DIR", options->from, "a node's folder, or its data folder")->required();
  backup->add_option("--to", options->to, "folder of the backup, new or of an earlier one")
      ->required();
  backup->add_option("--charter", options->charter,
                     "the charter; without it, the one that the store keeps");
  backup->footer(
      "Also of a running node. Run again, it adds what is new. Cut short, the earlier backup "
      "stays. "
      "In it: every log,\n"
      "its checkpoints, cosignatures, promises, state notes, the charter. Not in it: keys, "
      "withheld "
      "values, the head\n"
      "anchor. tallinn audit checks it at any time.\n"
      "Example: tallinn backup try/kyiv --to /mnt/backup/kyiv");
  backup->callback([options, &shell] { run_backup(*options, shell); });

  CLI::App* restore =
      app.add_subcommand("restore", "make a data folder from a backup, marked as restored");
  auto other = std::make_shared<BackupArguments>();
  restore->add_option("BACKUP", other->from, "folder of a backup")->required();
  restore->add_option("--to", other->to, "data folder, which must not hold ledger data")
      ->required();
  restore->footer(
      "The folder is the one that node.toml names as data. Everything is verified before it takes "
      "its name.\n"
      "Example: tallinn restore /mnt/backup/kyiv --to try/kyiv/data");
  restore->callback([other, &shell] { run_restore(*other, shell); });
}

}  // namespace tallinn
