#include "tools/commands.h"

#include "net/version.h"
#include "tools/help_formatter.h"

namespace tallinn {

void define_command_line(CLI::App& app, Shell& shell) {
  app.name("tallinn");
  app.description("A ledger of civilian cyber support that nobody can rewrite.");
  app.formatter(std::make_shared<HelpFormatter>(shell.language));
  app.set_help_flag("-h,--help", "print this help and exit");
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", std::string(version()), "print the version");
  app.footer(
      "Exit codes: 0 done, 1 checked and found false, 2 usage, 3 could not (files, network).\n"
      "Begin with: tallinn sandbox try && tallinn node try/kyiv");
  app.add_option_function<std::string>(
         "--lang",
         [&shell](const std::string& name) {
           shell.language = name == "uk" ? Language::ukrainian : Language::english;
         },
         "language of what is printed: en or uk (default: that of the locale)")
      ->check(CLI::IsMember({"en", "uk"}));
  add_sandbox_command(app, shell);
  add_key_command(app, shell);
  add_office_command(app, shell);
  add_mirror_command(app, shell);
  add_charter_command(app, shell);
  add_node_command(app, shell);
  add_record_command(app, shell);
  add_listing_commands(app, shell);
  add_ladder_command(app, shell);
  add_trail_command(app, shell);
  add_diff_command(app, shell);
  add_event_command(app, shell);
  add_status_command(app, shell);
  add_follow_command(app, shell);
  add_bundle_command(app, shell);
  add_checkpoint_command(app, shell);
  add_verify_command(app, shell);
  add_evidence_command(app, shell);
  add_withheld_commands(app, shell);
  add_audit_command(app, shell);
  add_export_command(app, shell);
  add_import_command(app, shell);
  add_generate_command(app, shell);
  add_fsck_command(app, shell);
  add_rebuild_command(app, shell);
  add_backup_commands(app, shell);
  add_help_commands(app, shell);
}

}  // namespace tallinn
