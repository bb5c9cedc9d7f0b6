#include <boost/json.hpp>
#include <chrono>
#include <fstream>
#include <ostream>
#include <thread>

#include "tools/commands.h"
#include "tools/http_port.h"
#include "tools/line_reader.h"
#include "tools/progress.h"
#include "tools/recorder.h"

namespace tallinn {

namespace {

struct RecordArguments {
  std::string file = "-";
  std::string node;
  std::string keys;
  std::string receipts;
  std::string charter;
  std::string passphrase_file;
};

struct Tally {
  std::uint64_t recorded = 0;
  std::uint64_t refused = 0;
  std::uint64_t waiting = 0;
};

Result<std::string> get(NodePort& port, const std::string& url, const std::string& target) {
  auto response = port.request(url, {.method = "GET", .target = target, .headers = {}, .body = {}});
  if (!response) return std::unexpected(response.error());
  if (response->status != 200)
    return refuse(Code::unavailable, "the node answers " + std::to_string(response->status));
  return std::move(response->body);
}

/// The node's charter; it must be the one in `pinned`, if that is given.
Result<Charter> charter_of_node(NodePort& port, const std::string& url, const std::string& pinned) {
  const auto text = get(port, url, "/api/v1/charter");
  if (!text) return std::unexpected(text.error());
  auto charter = parse_charter(*text);
  if (!charter || pinned.empty()) return charter;
  const auto expected = load_charter(pinned);
  if (!expected) return std::unexpected(expected.error());
  if (expected->id != charter->id)
    return refuse(Code::failed, "the node keeps another ledger than " + pinned);
  return charter;
}

/// The name of the node's office; its URL when it does not say.
std::string name_of_node(NodePort& port, const std::string& url) {
  const auto text = get(port, url, "/api/v1/status");
  boost::system::error_code failed;
  const auto status = text ? boost::json::parse(*text, failed) : boost::json::value();
  const boost::json::value* name =
      status.is_object() ? status.get_object().if_contains("office") : nullptr;
  return name != nullptr && name->is_string() ? std::string(name->get_string()) : url;
}

bool blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

Tally record_lines(std::istream& in, Recorder& recorder, Shell& shell) {
  Progress progress(shell, "record", 0);
  LineReader lines(in);
  Tally tally;
  while (const auto line = lines.next()) {
    if (blank(line->text) && line->length == LineReader::Line::Length::within) continue;
    RecordOutcome outcome{
        .kind = RecordOutcome::Kind::refused,
        .line = refused_line(
            "line " + std::to_string(line->number),
            {.code = Code::malformed,
             .detail = "the line is over " + std::to_string(kMaxLineBytes) + " bytes long"},
            shell.language)};
    if (line->length == LineReader::Line::Length::within)
      outcome = recorder.record(line->text, line->number);
    shell.out << outcome.line << '\n' << std::flush;
    using Kind = RecordOutcome::Kind;
    ++(outcome.kind == Kind::recorded  ? tally.recorded
       : outcome.kind == Kind::refused ? tally.refused
                                       : tally.waiting);
    progress.at(tally.recorded + tally.refused + tally.waiting);
  }
  return tally;
}

Result<void> make_receipts_folder(const std::string& folder) {
  if (folder.empty()) return {};
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return refuse(Code::unavailable, folder + ": " + failed.message());
  return {};
}

void run(const RecordArguments& options, Shell& shell) {
  const auto passphrase = load_passphrase(options.passphrase_file);
  if (!passphrase) return shell.fail("record", passphrase.error());
  const auto keys = KeyFolder::open(options.keys, *passphrase ? &**passphrase : nullptr);
  if (!keys) return shell.fail("record", keys.error());
  if (const auto made = make_receipts_folder(options.receipts); !made)
    return shell.fail("record", made.error());
  std::ifstream file;
  if (options.file != "-") {
    file.open(options.file, std::ios::binary);
    if (!file) return shell.fail("record", "cannot read " + options.file, Exit::could_not);
  }

  HttpPort port;
  auto charter = charter_of_node(port, options.node, options.charter);
  if (!charter) return shell.fail("record", charter.error());
  Recorder recorder(port, *keys, *std::move(charter),
                    {.node = options.node,
                     .node_name = name_of_node(port, options.node),
                     .receipts = options.receipts,
                     .language = shell.language},
                    {.clock = shell.clock, .random = shell.random, .pause = [](int ms) {
                       std::this_thread::sleep_for(std::chrono::milliseconds(ms));
                     }});
  const Tally tally = record_lines(options.file == "-" ? shell.in : file, recorder, shell);
  if (tally.refused > 0)
    shell.exit = Exit::found_false;
  else if (tally.waiting > 0)
    shell.exit = Exit::could_not;
}

}  // namespace

void add_record_command(CLI::App& app, Shell& shell) {
  CLI::App* command = app.add_subcommand(
      "record", "sign events and have them recorded, each by the office it belongs to");
  auto options = std::make_shared<RecordArguments>();
  command->add_option("FILE", options->file, "events as JSON Lines; - is standard input")
      ->capture_default_str();
  command->add_option("--node", options->node, "address of any node of the ledger")->required();
  command->add_option("--keys", options->keys, "folder with the key files of those who sign")
      ->required();
  command->add_option("--receipts", options->receipts, "folder to keep a receipt of each event in");
  command->add_option("--charter", options->charter, "sign only for the ledger of this charter");
  command->add_option("--passphrase-file", options->passphrase_file,
                      "the key files' passphrase is the first line of this");
  command->footer(
      "Prints one line for each event: `<origin> <index> <id> recorded`, `refused <id or line> "
      "<code> <why>`, or\n"
      "`waiting <id> <office>` when its office cannot be reached. Goes on after refusals; exit 1 "
      "if any was refused, 3 if\n"
      "any is waiting. May be repeated: what is recorded already is answered with its old place.\n"
      "Example: tallinn record events.jsonl --node http://127.0.0.1:8481 --keys keys --receipts "
      "receipts");
  command->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
