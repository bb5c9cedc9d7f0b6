#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <ostream>

#include "ledger/file_text.h"
#include "net/logs_file.h"
#include "net/meeting.h"
#include "net/node_parts.h"
#include "projections/standpoint.h"
#include "tools/commands.h"
#include "tools/ledger_reader.h"
#include "tools/local_store.h"
#include "tools/progress.h"
#include "tools/text_table.h"

namespace tallinn {

namespace {

namespace fs = std::filesystem;

struct LogsArguments {
  std::string file;
  std::string data;
  std::string since;
  bool withheld = false;
};

/// Under another name until it is whole, and for its owner only: it may hold withheld values.
class NewFile {
 public:
  explicit NewFile(const std::string& path) : path_(path), part_(path + ".part") {}
  ~NewFile() {
    std::error_code error;
    if (!done_) fs::remove(part_, error);
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  Result<void> open() {
    std::error_code error;
    fs::remove(part_, error);
    const int made = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made >= 0) {
      ::close(made);
      out_.open(part_, std::ios::binary | std::ios::trunc);
    }
    if (made < 0 || !out_) return refuse(Code::unavailable, "cannot write " + part_);
    return {};
  }
  Result<void> write(BytesView bytes) {
    out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return out_ ? Result<void>{} : refuse(Code::unavailable, "cannot write " + part_);
  }
  Result<void> finish() {
    out_.close();
    if (!out_) return refuse(Code::unavailable, "cannot write " + part_);
    const fs::path folder = fs::absolute(path_).parent_path();
    if (auto synced = sync_files(folder); !synced) return synced;
    std::error_code error;
    fs::rename(part_, path_, error);
    if (error) return refuse(Code::unavailable, path_ + ": " + error.message());
    done_ = true;
    return sync_files(folder);
  }

 private:
  const std::string path_;
  const std::string part_;
  std::ofstream out_;
  bool done_ = false;
};

void export_logs(const LogsArguments& options, Shell& shell) {
  const auto data = read_data(options.data);
  if (!data) return shell.fail("export logs", data.error());
  const auto since = parse_standpoint("", options.since, data->charter);
  if (!since) return shell.fail("export logs", since.error());
  if (since->known_on)
    return shell.fail("export logs", "--since takes sizes, as a report prints them", Exit::usage);
  const auto node = local_node(options.data);
  if (!node) return shell.fail("export logs", node.error());
  NewFile file(options.file);
  if (const auto opened = file.open(); !opened) return shell.fail("export logs", opened.error());
  std::optional<Progress> progress(std::in_place, shell, "export", 0);
  const LogsFileWriter how{
      .charter = data->charter,
      .name = *node ? (*node)->name : std::string("copy"),
      .since = since->sizes.value_or(std::vector<HeldLog>{}),
      .values = options.withheld ? ValuesToo::include : ValuesToo::leave_out,
      .write = [&](BytesView bytes) { return file.write(bytes); },
      .progress = [&](std::uint64_t done, std::uint64_t total) { progress->at(done, total); }};
  const auto written = write_logs_file(*data->head, how);
  progress.reset();
  if (!written) return shell.fail("export logs", written.error());
  if (const auto finished = file.finish(); !finished)
    return shell.fail("export logs", finished.error());
  shell.say("{0}: {1:count} {1:entry|entries}, up to {2}", options.file, written->entries,
            format_sizes(written->logs, data->charter));
}

void tell_import(const LogsRead& read, const Head& head, const MeetingResult& met,
                 const Charter& charter, Shell& shell) {
  shell.say("{0:count} new {0:entry|entries} from {1}; now held: {2}", read.entries,
            printable(read.from), format_sizes(head.held, charter));
  for (const std::string& id : met.exceptions) shell.say("opened the exception {0}", id);
  for (const std::string& why : read.refused)
    shell.err << tell(shell.language, "not taken: {0:part}", told(shell.language, why)) << '\n';
}

void import_logs(const LogsArguments& options, Shell& shell) {
  const auto config = load_node_config((fs::path(options.data) / "node.toml").string());
  if (!config) return shell.fail("import logs", config.error());
  std::ifstream in(options.file, std::ios::binary);
  if (!in) return shell.fail("import logs", options.file + " cannot be read", Exit::could_not);
  const auto parts = open_node_parts(*config);
  if (!parts) return shell.fail("import logs", parts.error());
  Meetings meetings((*parts)->heads);
  meetings.begin(options.file, {});
  std::optional<Progress> progress(std::in_place, shell, "import", 0);
  const LogsFileReader how{.read = [&](std::size_t most) -> Result<Bytes> {
                             Bytes bytes(most, '\0');
                             in.read(bytes.data(), static_cast<std::streamsize>(most));
                             if (in.bad())
                               return refuse(Code::unavailable, options.file + " cannot be read");
                             bytes.resize(static_cast<std::size_t>(in.gcount()));
                             return bytes;
                           },
                           .clock = shell.clock,
                           .progress = [&](std::uint64_t done) { progress->at(done); }};
  const auto read = read_logs_file(*(*parts)->replica, how);
  progress.reset();
  if (!read) return shell.fail("import logs", read.error());
  const auto met = meetings.end(options.file);
  tell_import(*read, *(*parts)->heads.get(), *met, (*parts)->charter, shell);
}

}  // namespace

void add_export_logs(CLI::App& exports, Shell& shell) {
  CLI::App* command =
      exports.add_subcommand("logs", "what another node lacks, as a file: the link on a USB stick");
  auto options = std::make_shared<LogsArguments>();
  command->add_option("OUT", options->file, "the file to write")->required();
  command
      ->add_option("--data", options->data, "folder of a node on this machine; it may be running")
      ->required();
  command->add_option("--since", options->since,
                      "what the other node holds already, as its reports print it: "
                      "kyiv/1:120,warsaw/1:98; without it, nothing");
  command->add_flag("--withheld", options->withheld,
                    "with the values that events withhold: for the other office only, and only on "
                    "what cannot be lost on the way");
  command->footer(
      "Carries the entries of every log, proven as on the link, with checkpoints, cosignatures, "
      "promises and state notes.\n"
      "Example: tallinn export logs kyiv.logs --data try/kyiv --since kyiv/1:19,warsaw/1:57\n"
      "         tallinn import logs kyiv.logs --data try/warsaw");
  command->callback([options, &shell] { export_logs(*options, shell); });
}

void add_import_logs(CLI::App& imports, Shell& shell) {
  CLI::App* command = imports.add_subcommand(
      "logs", "take what `export logs` wrote, as from the link it stands for");
  auto options = std::make_shared<LogsArguments>();
  command->add_option("FILE", options->file, "the file")->required();
  command->add_option("--data", options->data, "folder of a node, with its node.toml")->required();
  command->footer(
      "Nothing in the file is trusted: every batch is checked as on the link, and taken whole or "
      "not at all. The office\n"
      "cosigns and promises what it holds then: carry its own file back, and both are settled. The "
      "node must not be running.\n"
      "Example: tallinn import logs kyiv.logs --data try/warsaw\n"
      "         tallinn export logs warsaw.logs --data try/warsaw --since kyiv/1:24,warsaw/1:57");
  command->callback([options, &shell] { import_logs(*options, shell); });
}

}  // namespace tallinn
