#include <algorithm>
#include <filesystem>
#include <ostream>
#include <thread>

#include "ledger/file_text.h"
#include "ledger/sha256.h"
#include "projections/chain.h"
#include "tools/audit_report.h"
#include "tools/audit_resumed.h"
#include "tools/commands.h"
#include "tools/json_output.h"
#include "tools/ledger_reader.h"
#include "tools/progress.h"

namespace tallinn {

namespace {

struct AuditArguments {
  std::string source;
  std::string charter;
  std::string report;
  std::vector<std::string> claims;
  std::string evidence;
  std::string kept;
  StandpointOptions standpoint;
  bool every_state = false;
  bool as_json = false;
};

constexpr std::size_t kMaxClaimBytes = 16u << 20;

/// Of files, and of every receipt in folders, by name.
Result<std::vector<AuditClaim>> claims_in(const std::vector<std::string>& paths,
                                          const Charter& charter, const Roster& roster) {
  std::vector<std::filesystem::path> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) {
      files.emplace_back(path);
      continue;
    }
    const auto first = files.size();
    std::filesystem::directory_iterator entries(path, error);
    for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error))
      if (entries->path().extension() == ".tlog-proof") files.push_back(entries->path());
    if (error) return refuse(Code::unavailable, path + ": " + error.message());
    std::sort(files.begin() + static_cast<std::ptrdiff_t>(first), files.end());
  }
  std::vector<AuditClaim> claims;
  for (const auto& file : files) {
    const auto text = read_input(file, kMaxClaimBytes);
    if (!text) return std::unexpected(text.error());
    auto some = read_claims(file.string(), *text, charter, roster);
    if (!some) return refuse(some.error().code, file.string() + ": " + some.error().detail);
    std::ranges::move(*some, std::back_inserter(claims));
  }
  return claims;
}

/// DIR/<sha256>.evidence each.
Result<void> write_evidence(const std::string& folder, const AuditReport& report) {
  if (report.evidence.empty()) return {};
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return refuse(Code::unavailable, folder + ": " + error.message());
  for (const std::string& text : report.evidence)
    if (auto written = write_file_durably(
            std::filesystem::path(folder) / (to_hex(sha256(text).view()) + ".evidence"), text);
        !written)
      return written;
  return {};
}

Result<std::unique_ptr<LogSource>> open(const AuditArguments& options, const Charter& charter,
                                        std::optional<KeptTiles>& kept) {
  if (options.kept.empty()) return open_source(options.source, charter);
  auto fetch = served_at(options.source);
  if (!fetch) return std::unexpected(fetch.error());
  kept.emplace(options.kept);
  return open_served_source(LogClient(kept->through(*std::move(fetch)), charter));
}

void run(const AuditArguments& options, Shell& shell) {
  if (!options.kept.empty() && !is_url(options.source))
    return shell.fail("audit",
                      "--resume is for an address; " + options.source +
                          " is on this machine, and nothing of it is fetched",
                      Exit::usage);
  const auto charter = load_charter(options.charter);
  if (!charter) return shell.fail("audit", charter.error());
  auto standpoint =
      parse_standpoint(options.standpoint.as_of, options.standpoint.known_on, *charter);
  if (!standpoint) return shell.fail("audit", standpoint.error());
  std::optional<KeptTiles> kept;
  const auto source = open(options, *charter, kept);
  if (!source) return shell.fail("audit", source.error());
  std::optional<Progress> progress(std::in_place, shell, "audit", 0);
  const auto chain = (*source)->chain();  // what is wrong with it, the replay says
  const auto proven = chain ? verify_chain(*chain, *charter) : std::unexpected(chain.error());
  auto claims = claims_in(options.claims, *charter, proven ? *proven : Roster(*charter));
  if (!claims) return shell.fail("audit", claims.error());
  AuditOptions how{.threads = std::thread::hardware_concurrency(),
                   .claims = *std::move(claims),
                   .states = options.every_state ? AuditOptions::States::every
                                                 : AuditOptions::States::affordable,
                   .standpoint = *std::move(standpoint),
                   .progress = {}};
  how.progress = [&](std::uint64_t done, std::uint64_t total) { progress->at(done, total); };
  const auto report =
      kept ? audit_resumed(*kept, **source, *charter, how) : audit(**source, *charter, how);
  progress.reset();
  if (!report) return shell.fail("audit", report.error());
  const AuditInputs inputs{.source = options.source,
                           .charter_sha256 = to_hex(sha256(charter->note).view())};
  const std::string machine_readable = pretty(report_json(*report, inputs)) + "\n";
  shell.out << (options.as_json ? machine_readable : format_report(*report, shell.language));
  if (!report->holds()) shell.exit = Exit::found_false;
  if (!options.evidence.empty())
    if (const auto written = write_evidence(options.evidence, *report); !written)
      return shell.fail("audit", written.error());
  if (options.report.empty()) return;
  if (const auto written = write_file_durably(options.report, machine_readable); !written)
    shell.fail("audit", written.error());
}

}  // namespace

void add_audit_command(CLI::App& app, Shell& shell) {
  CLI::App* command = app.add_subcommand(
      "audit", "replay every log and check all of it: signatures, order, roots, state");
  auto options = std::make_shared<AuditArguments>();
  command
      ->add_option(
          "SOURCE", options->source,
          "a node's address, a node's folder, a folder made by `export tiles`, or a backup")
      ->required();
  command->add_option("--charter", options->charter, "the charter, the only thing that is trusted")
      ->required();
  command->add_option("--report", options->report,
                      "write the machine-readable report to this file");
  command->add_option("--receipts", options->claims,
                      "receipts, and kept checkpoints, that the source must contain: files, or "
                      "folders of receipts");
  command->add_option("--evidence", options->evidence,
                      "write what proves a second history into this folder");
  command->add_option("--resume", options->kept,
                      "keep what was fetched from an address in this folder, and fetch only the "
                      "rest when the audit is run again");
  command->add_flag("--every-state", options->every_state,
                    "recompute every state note that the source keeps, however long it takes; "
                    "without it, the newest, and of the earlier ones as many as cost little");
  add_standpoint_options(*command, options->standpoint);
  command->add_flag("--json", options->as_json, "print the machine-readable report");
  command->footer(
      "Names every failure by the log's origin and the entry's index; exit 1 if there is any. Open "
      "exceptions are\n"
      "listed and do not change the exit code. With --as-of or --known-on all of the history is "
      "checked as always, and\n"
      "the report as it stood then comes beside it: sizes and roots of the logs, state, "
      "exceptions.\n"
      "Example: tallinn audit http://127.0.0.1:8483 --charter charter.txt\n"
      "         tallinn audit http://ledger.example --charter charter.txt --resume fetched\n"
      "         tallinn audit try/kyiv --charter try/charter.txt --receipts receipts --report "
      "audit.json");
  command->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
