#include <ostream>
#include <thread>

#include "ledger/file_text.h"
#include "ledger/sha256.h"
#include "tools/audit_report.h"
#include "tools/commands.h"
#include "tools/json_output.h"
#include "tools/progress.h"

namespace tallinn {

namespace {

struct Options {
  std::string source;
  std::string charter;
  std::string report;
  bool as_json = false;
};

void run(const Options& options, Shell& shell) {
  const auto charter = load_charter(options.charter);
  if (!charter) return shell.fail("audit", charter.error());
  const auto source = open_source(options.source, *charter);
  if (!source) return shell.fail("audit", source.error());
  std::optional<Progress> progress(std::in_place, shell, "audit", 0);
  AuditOptions how{.threads = std::thread::hardware_concurrency(), .progress = {}};
  how.progress = [&](std::uint64_t done, std::uint64_t total) { progress->at(done, total); };
  const auto report = audit(**source, *charter, how);
  progress.reset();
  if (!report) return shell.fail("audit", report.error());
  const AuditInputs inputs{.source = options.source,
                           .charter_sha256 = to_hex(sha256(charter->note).view())};
  const std::string machine_readable = pretty(report_json(*report, inputs)) + "\n";
  shell.out << (options.as_json ? machine_readable : format_report(*report));
  if (!report->holds()) shell.exit = Exit::found_false;
  if (options.report.empty()) return;
  if (const auto written = write_file_durably(options.report, machine_readable); !written)
    shell.fail("audit", written.error());
}

}  // namespace

void add_audit_command(CLI::App& app, Shell& shell) {
  CLI::App* command = app.add_subcommand(
      "audit", "replay every log and check all of it: signatures, order, roots, state");
  auto options = std::make_shared<Options>();
  command
      ->add_option("SOURCE", options->source,
                   "a node's address, a node's folder, or a folder made by `export tiles`")
      ->required();
  command->add_option("--charter", options->charter, "the charter, the only thing that is trusted")
      ->required();
  command->add_option("--report", options->report,
                      "write the machine-readable report to this file");
  command->add_flag("--json", options->as_json, "print the machine-readable report");
  command->footer(
      "Names every failure by the log's origin and the entry's index; exit 1 if there is any. Open "
      "exceptions are\n"
      "listed and do not change the exit code.\n"
      "Example: tallinn audit http://127.0.0.1:8483 --charter charter.txt\n"
      "         tallinn audit try/kyiv --charter try/charter.txt --report audit.json");
  command->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
