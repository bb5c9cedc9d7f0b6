#include <ostream>

#include "ledger/file_text.h"
#include "tools/commands.h"
#include "tools/evidence_reader.h"
#include "tools/json_output.h"

namespace tallinn {

namespace {

struct ListOptions {
  ReaderOptions from;
  bool as_json = false;
};

struct ShowOptions {
  ReaderOptions from;
  std::string name;
  std::string out;
};

void list(const ListOptions& options, Shell& shell) {
  const auto items = list_evidence(options.from);
  if (!items) return shell.fail("evidence", items.error());
  if (options.as_json) return print_json(shell, *items);
  static constexpr std::array<Shown, 4> kColumns{
      {{"kind", Shown::As::word}, {"subject"}, {"sha256"}, {"text", Shown::As::sentence}}};
  print_table(shell, *items, kColumns);
}

/// The whole name from its first characters.
Result<std::string> whole_name(const boost::json::array& items, std::string_view begin) {
  std::vector<std::string> found;
  for (const boost::json::value& item : items) {
    const boost::json::value* name = item.as_object().if_contains("sha256");
    if (name != nullptr && name->is_string() && name->get_string().starts_with(begin))
      found.emplace_back(name->get_string());
  }
  if (found.empty())
    return refuse(Code::not_found, "no such evidence is kept there: " + std::string(begin));
  if (found.size() > 1)
    return refuse(Code::not_found, "more than one begins with " + std::string(begin));
  return found.front();
}

void show(const ShowOptions& options, Shell& shell) {
  const auto items = list_evidence(options.from);
  if (!items) return shell.fail("evidence", items.error());
  const auto name = whole_name(*items, options.name);
  if (!name) return shell.fail("evidence", name.error());
  const auto text = evidence_text(options.from, *name);
  if (!text) return shell.fail("evidence", text.error());
  if (options.out.empty()) {
    shell.out << *text;
    return;
  }
  if (const auto written = write_file_durably(options.out, *text); !written)
    return shell.fail("evidence", written.error());
  shell.say("{0}: {1:count} {1:byte|bytes}", options.out, text->size());
}

}  // namespace

void add_evidence_command(CLI::App& app, Shell& shell) {
  CLI::App* command = app.add_subcommand(
      "evidence", "the contradictions that a node has met, each to be verified by anyone");
  command->require_subcommand(1);
  CLI::App* listing = command->add_subcommand("list", "what is kept");
  auto list_options = std::make_shared<ListOptions>();
  add_reader_options(*listing, list_options->from);
  listing->add_flag("--json", list_options->as_json, "print a JSON array instead of a table");
  listing->footer("Example: tallinn evidence list --node http://127.0.0.1:8483");
  listing->callback([list_options, &shell] { list(*list_options, shell); });

  CLI::App* showing = command->add_subcommand("show", "one of them whole");
  auto show_options = std::make_shared<ShowOptions>();
  showing->add_option("NAME", show_options->name, "its SHA-256, or how that begins")->required();
  add_reader_options(*showing, show_options->from);
  showing->add_option("--out", show_options->out, "the file to write (default: standard output)");
  showing->footer(
      "The file and the charter are all that `tallinn verify` needs, on any machine.\n"
      "Example: tallinn evidence show 5f1c --node http://127.0.0.1:8483 --out kyiv.evidence");
  showing->callback([show_options, &shell] { show(*show_options, shell); });
}

}  // namespace tallinn
