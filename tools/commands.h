// The commands of `tallinn`: each adds its own subcommand, with its options and what runs when it
// is chosen. Shell. `app` and `shell` must outlive the parsing; a command reports through `shell`
// and never throws.
#pragma once

#include <CLI/CLI.hpp>

#include "tools/shell.h"

namespace tallinn {

/// The whole of it: what `tallinn` is, its own options, every command.
void define_command_line(CLI::App& app, Shell& shell);

void add_sandbox_command(CLI::App& app, Shell& shell);
void add_key_command(CLI::App& app, Shell& shell);
void add_mirror_command(CLI::App& app, Shell& shell);
void add_office_command(CLI::App& app, Shell& shell);
void add_charter_command(CLI::App& app, Shell& shell);
void add_node_command(CLI::App& app, Shell& shell);
void add_record_command(CLI::App& app, Shell& shell);
void add_listing_commands(CLI::App& app, Shell& shell);
void add_ladder_command(CLI::App& app, Shell& shell);
void add_trail_command(CLI::App& app, Shell& shell);
void add_diff_command(CLI::App& app, Shell& shell);
void add_event_command(CLI::App& app, Shell& shell);
void add_status_command(CLI::App& app, Shell& shell);
void add_follow_command(CLI::App& app, Shell& shell);
void add_bundle_command(CLI::App& app, Shell& shell);
void add_checkpoint_command(CLI::App& app, Shell& shell);
void add_verify_command(CLI::App& app, Shell& shell);
void add_evidence_command(CLI::App& app, Shell& shell);
/// `disclose` and `erase`.
void add_withheld_commands(CLI::App& app, Shell& shell);
void add_audit_command(CLI::App& app, Shell& shell);
void add_export_command(CLI::App& app, Shell& shell);
void add_import_command(CLI::App& app, Shell& shell);
/// `export logs` and `import logs`, for the two above.
void add_export_logs(CLI::App& exports, Shell& shell);
void add_import_logs(CLI::App& imports, Shell& shell);
void add_generate_command(CLI::App& app, Shell& shell);
void add_fsck_command(CLI::App& app, Shell& shell);
void add_rebuild_command(CLI::App& app, Shell& shell);
/// `backup` and `restore`.
void add_backup_commands(CLI::App& app, Shell& shell);
/// `man` and `completion`, made from the definitions of all the others.
void add_help_commands(CLI::App& app, Shell& shell);

}  // namespace tallinn
