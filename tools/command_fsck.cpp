#include <ostream>
#include <thread>

#include "ledger/standing.h"
#include "ledger/store_log.h"
#include "ledger/store_scratch.h"
#include "ledger/store_standing.h"
#include "net/fsck.h"
#include "tools/commands.h"
#include "tools/json_output.h"
#include "tools/local_store.h"
#include "tools/messages.h"
#include "tools/progress.h"

namespace tallinn {

namespace {

namespace json = boost::json;

struct FsckArguments {
  std::string folder;
  std::string charter;
  bool repair = false;
  bool as_json = false;
};

/// What the store is compared with beside itself.
struct Anchored {
  bool looked_at = false;
  std::string sentence;  ///< why not, or what is wrong
  bool wrong = false;
};

/// A folder, its head anchor and its store as they were at one moment.
struct OpenedStore {
  LocalStore local;
  std::optional<NodeConfig::Role> role = {};  ///< nothing: no node.toml
  std::optional<OfficeNumber> office = {};
  Result<FoundAnchor> anchor;
};

Result<OpenedStore> open(const FsckArguments& options) {
  using Access = StoreOptions::Access;
  const auto node = local_node(options.folder);
  if (!node) return std::unexpected(node.error());
  const auto held = *node ? hold_anchor((*node)->anchor) : nullptr;
  auto local =
      open_local_store(options.folder, options.charter,
                       options.repair ? Access::read_write : Access::read_only, error_past_fsck);
  if (!local) return std::unexpected(local.error());
  OpenedStore opened{.local = std::move(*local), .anchor = FoundAnchor{}};
  if (!held) opened.anchor = std::unexpected(held.error());
  if (held && *held) opened.anchor = (*held)->both();
  if (!*node) return opened;
  opened.role = (*node)->role;
  if (opened.role == NodeConfig::Role::mirror) return opened;
  opened.office = opened.local.charter.office_number((*node)->name);
  if (!opened.office)
    return refuse(Code::unauthorised,
                  (*node)->key + " is not the key of an office of this charter");
  return opened;
}

Anchored check_anchor(const OpenedStore& opened) {
  if (opened.role == NodeConfig::Role::mirror)
    return {false, "a mirror signs no log of its own, so it has no head anchor", false};
  if (!opened.office)
    return {false, "this folder has no node.toml that names a head anchor", false};
  const LocalStore& local = opened.local;
  const auto& anchor = opened.anchor;
  if (!anchor) return {false, anchor.error().detail, anchor.error().code != Code::unavailable};
  const StoredLogs logs(*local.store);
  const LogId own = anchor->state ? anchor->state->own.log : LogId{*opened.office, Epoch(1)};
  const auto size = logs.size(own);
  if (!size) return {false, size.error().detail, true};
  const auto commit = anchored_commit(*local.store, own);
  if (!commit) return {false, commit.error().detail, true};
  const OwnInStore in_store{.log = {own, *size}, .commit = *commit};
  const Standing standing = judge_anchor(*anchor, local.charter.id, in_store, [&](LogSize at) {
    const auto root = logs.root(own, at);
    return root ? *root : Digest{};  // of no tree: anchor_differs
  });
  return {true, std::string(standing_text(standing)), standing != Standing::may_append};
}

struct Findings {
  FsckReport report;
  Anchored anchor;
  std::optional<Fault> damaged;
  bool clean() const { return report.differences.total() == 0 && !anchor.wrong && !damaged; }
};

std::string place_of(const Difference& difference, const Charter& charter) {
  if (!difference.log || charter.office(difference.log->office) == nullptr) return "";
  std::string place = charter.origin(*difference.log);
  if (difference.index) place += " " + std::to_string(difference.index->value());
  return place;
}

json::object to_json(const Findings& found, const Charter& charter) {
  const FsckReport& report = found.report;
  json::array differences;
  for (const Difference& one : report.differences.kept()) {
    json::object item{{"family", spell(one.family)}, {"kind", spell(one.kind)}, {"key", one.key}};
    if (one.log && charter.office(one.log->office) != nullptr)
      item["origin"] = charter.origin(*one.log);
    if (one.index) item["index"] = one.index->value();
    item["derived"] = one.origin == Difference::Origin::derived;
    item["detail"] = one.detail;
    differences.push_back(std::move(item));
  }
  json::object checked{{"entries", report.logs.entries},
                       {"rows", report.logs.rows},
                       {"ids", report.logs.ids},
                       {"notes", report.notes},
                       {"withheld", report.withheld},
                       {"views", report.views},
                       {"undo", report.undo}};
  json::array unproven;
  for (const UnprovenTail& tail : report.logs.unproven)
    unproven.push_back(json::object{{"origin", charter.origin(tail.log)},
                                    {"proven", tail.proven.value()},
                                    {"held", tail.held.value()},
                                    {"signed", tail.signed_size.value()}});
  json::object out{{"format", "tallinn-ledger/fsck@v1"},
                   {"ledger", charter.ledger},
                   {"clean", found.clean()},
                   {"checked", std::move(checked)},
                   {"found", report.differences.total()},
                   {"found_in_truth", report.differences.of_truth()},
                   {"differences", std::move(differences)},
                   {"unproven", std::move(unproven)},
                   {"left_out", report.differences.total() - report.differences.kept().size()}};
  if (report.views_unchecked) out["views_unchecked"] = *report.views_unchecked;
  if (found.damaged) out["damaged"] = found.damaged->detail;
  out["anchor"] = json::object{{"looked_at", found.anchor.looked_at},
                               {"wrong", found.anchor.wrong},
                               {"sentence", found.anchor.sentence}};
  return out;
}

void print_difference(const Difference& one, const Charter& charter, Shell& shell) {
  const Language language = shell.language;
  std::string line = std::string(word(language, spell(one.family))) + "   " +
                     std::string(word(language, spell(one.kind))) + "   " + told(language, one.key);
  const std::string place = place_of(one, charter);
  if (!place.empty()) line += "   " + place;
  if (!one.detail.empty()) line += "   " + told(language, one.detail);
  shell.put_line(line);
}

void print(const Findings& found, const Charter& charter, Shell& shell) {
  const FsckReport& report = found.report;
  shell.say(
      "{0:count} {0:entry|entries}, {1:count} tree {1:hash|hashes}, {2:count} event {2:id|ids}, "
      "{3:count} {3:note|notes}, {4:count} withheld {4:value|values}, {5:count} view "
      "{5:record|records}, {6:count} undo {6:record|records}",
      report.logs.entries, report.logs.rows, report.logs.ids, report.notes, report.withheld,
      report.views, report.undo);
  if (found.damaged) shell.say("damaged   {0:part}", found.damaged->detail);
  for (const Difference& one : report.differences.kept()) print_difference(one, charter, shell);
  if (const auto more = report.differences.total() - report.differences.kept().size(); more > 0)
    shell.say("and {0:count} more", more);
  for (const UnprovenTail& tail : report.logs.unproven)
    shell.say(
        "catches up   {0} holds {1:count} of the {2:count} {2:entry|entries} of its newest "
        "checkpoint; those from {3:number} on are not proven yet",
        charter.origin(tail.log), tail.held.value(), tail.signed_size.value(), tail.proven.value());
  if (report.views_unchecked) shell.say("views     not checked: {0:part}", *report.views_unchecked);
  if (found.anchor.looked_at)
    shell.say("anchor    {0:part}", found.anchor.sentence);
  else
    shell.say("anchor    not looked at: {0:part}", found.anchor.sentence);
}

/// What an operator does next.
std::string advice(const Findings& found) {
  const FsckReport& report = found.report;
  if (!report.repairable())
    return "Entries are damaged, and nothing here can make them again. Nothing is repaired: keep "
           "this folder, restore a backup (tallinn restore) or begin with an empty data folder and "
           "let the node catch up from its peer; either way the office then opens its next epoch.";
  if (report.differences.total() > report.differences.of_truth())
    return "The entries are whole: tallinn fsck --repair makes again what is derived from them.";
  if (report.differences.of_truth() > 0)
    return "The entries are whole; notes or withheld values are damaged, which a peer sends again.";
  if (found.anchor.wrong) return "Only the head anchor differs; the node says so in its status.";
  return "The store could only be read past its damage.";
}

Result<Findings> check(const OpenedStore& opened, Shell& shell) {
  const LocalStore& local = opened.local;
  auto scratch = ScratchStore::make();
  if (!scratch) return std::unexpected(scratch.error());
  std::optional<Progress> progress;
  std::string stage;
  FsckOptions how{
      .own = opened.office, .threads = std::thread::hardware_concurrency(), .progress = {}};
  how.progress = [&](std::string_view now, std::uint64_t done, std::uint64_t total) {
    if (stage != now) progress.emplace(shell, stage = now, total);
    progress->at(done, total);
  };
  auto report = fsck(*local.store, local.charter, (*scratch)->store(), how);
  if (!report) return std::unexpected(error_past_fsck(report.error()));
  return Findings{
      .report = std::move(*report), .anchor = check_anchor(opened), .damaged = local.damaged};
}

void run(const FsckArguments& options, Shell& shell) {
  const auto opened = open(options);
  if (!opened) return shell.fail("fsck", opened.error());
  const LocalStore& local = opened->local;
  auto found = check(*opened, shell);
  if (!found) return shell.fail("fsck", found.error());
  std::uint64_t repaired = 0;
  const Differences& before = found->report.differences;
  if (options.repair && found->report.repairable() && before.total() > before.of_truth()) {
    if (!options.as_json) print(*found, local.charter, shell);
    repaired = before.total() - before.of_truth();
    if (const auto done = repair(*local.store, local.charter, found->report); !done)
      return shell.fail("fsck", error_past_fsck(done.error()));
    found = check(*opened, shell);
    if (!found) return shell.fail("fsck", found.error());
    if (!options.as_json)
      shell.say("{0:count} {0:difference|differences} repaired; checked again:", repaired);
  }
  if (options.as_json) {
    json::object out = to_json(*found, local.charter);
    out["repaired"] = repaired;
    if (!found->clean()) out["advice"] = advice(*found);
    shell.out << pretty(out) << '\n';
  } else {
    print(*found, local.charter, shell);
    shell.say(found->clean() ? "everything is as the entries say" : advice(*found));
  }
  if (!found->clean()) shell.exit = Exit::found_false;
}

}  // namespace

void add_fsck_command(CLI::App& app, Shell& shell) {
  CLI::App* command = app.add_subcommand(
      "fsck", "make trees, indexes and views again from the entries, and name what differs");
  auto options = std::make_shared<FsckArguments>();
  command->add_option("DIR", options->folder, "a node's folder, or its data folder")->required();
  command->add_option("--charter", options->charter,
                      "the charter; without it, the one that the store keeps");
  command->add_flag("--repair", options->repair,
                    "make again what is derived; the node must not be running");
  command->add_flag("--json", options->as_json, "print JSON");
  command->footer(
      "Also beside a running node. Never changes an entry, a note or a withheld value. Signatures "
      "of events are an\n"
      "audit's work. Exit 1 if anything differs. Views are made again below TMPDIR, about 1 KiB "
      "for "
      "each entry.\n"
      "Example: tallinn fsck try/kyiv\n"
      "         tallinn fsck try/kyiv --repair");
  command->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
