#include <ostream>
#include <utility>

#include "net/http_client.h"
#include "tools/commands.h"
#include "tools/json_output.h"
#include "tools/messages.h"
#include "tools/text_table.h"

namespace tallinn {

namespace {

struct StatusArguments {
  std::string node;
  bool as_json = false;
};

void run(const StatusArguments& options, Shell& shell) {
  auto client = HttpClient::make(options.node, {});
  if (!client) return shell.fail("status", client.error());
  const auto answer = client->get("/api/v1/status");
  if (!answer) return shell.fail("status", answer.error());
  if (answer->status != 200) return shell.fail("status", error_of(*answer));
  boost::system::error_code failed;
  const boost::json::value status = boost::json::parse(answer->body, failed);
  if (failed || !status.is_object())
    return shell.fail("status", "the node's answer is not JSON", Exit::found_false);
  if (options.as_json) {
    shell.out << pretty(status) << '\n';
    return;
  }
  TextTable table({{.heading = ""}, {.heading = ""}});
  for (const auto& [key, value] : status.get_object()) {
    std::string name(word(shell.language, key));
    const boost::json::array* many = value.if_array();
    if (many == nullptr) {
      table.add({std::move(name), cell_of_member(key, value, shell.language)});
      continue;
    }
    for (const boost::json::value& one : *many)  // one line each
      table.add({std::exchange(name, ""), cell_of_member(key, one, shell.language)});
  }
  shell.out << table.format_rows();
}

}  // namespace

void add_status_command(CLI::App& app, Shell& shell) {
  CLI::App* command = app.add_subcommand(
      "status", "how a node stands: what it holds, its peers, whether it appends");
  auto options = std::make_shared<StatusArguments>();
  command->add_option("--node", options->node, "address of the node")->required();
  command->add_flag("--json", options->as_json, "print JSON");
  command->footer("Example: tallinn status --node http://127.0.0.1:8481");
  command->callback([options, &shell] { run(*options, shell); });
}

}  // namespace tallinn
