// tallinn-bench: measures this machine's limits and how near the ledger comes to them, in the same
// run.
#include <sodium.h>

#include <CLI/CLI.hpp>

#include "tools/benchmark/benchmarks.h"

int main(int argc, char** argv) {
  if (sodium_init() < 0) return 3;
  CLI::App app{
      "Measures the ledger beside the limits of this machine.\nExample: tools/bench append",
      "tools/bench"};
  app.require_subcommand(1);
  app.fallthrough();
  tallinn::bench::BenchOptions options;
  app.add_option("--folder", options.folder, "where scratch data goes")->capture_default_str();
  const auto* events = app.add_option("--events", options.events,
                                      "events in the log (default 200000; proof: 1000000)");
  app.add_flag("--quick", options.quick, "a smoke run, whose numbers mean nothing");
  const auto* append = app.add_subcommand("append", "durable appends, 1 and 64 clients");
  const auto* audit = app.add_subcommand("audit", "replay and verification of a whole log");
  const auto* rebuild = app.add_subcommand("rebuild", "the views made anew from stored entries");
  const auto* beside =
      app.add_subcommand("beside", "durable appends while the views are made anew beside them");
  const auto* fsck = app.add_subcommand("fsck", "a store's logs made again and compared");
  const auto* storage = app.add_subcommand("storage", "what an event takes on the disk");
  const auto* proof = app.add_subcommand("proof", "inclusion proofs from a large log");
  const auto* tiles = app.add_subcommand("tiles", "tiles over HTTP, beside nginx");
  const auto* fold = app.add_subcommand("fold", "a generated history into views, on one core");
  const auto* late = app.add_subcommand("late", "an entry that comes 1,000 events late");
  const auto* state = app.add_subcommand("state", "a state root, alone and beside appends");
  const auto* page = app.add_subcommand("page", "ladder and trail of a donor with 10,000 events");
  const auto* live = app.add_subcommand(
      "live", "64 clients record at one office, alone and while the other one follows");
  const auto* catchup =
      app.add_subcommand("catchup", "an empty office fetches everything from the other one");
  CLI11_PARSE(app, argc, argv);
  if (append->parsed()) return tallinn::bench::bench_append(options);
  if (audit->parsed()) return tallinn::bench::bench_audit(options);
  if (rebuild->parsed()) return tallinn::bench::bench_rebuild(options);
  if (beside->parsed()) return tallinn::bench::bench_beside(options);
  if (fsck->parsed()) return tallinn::bench::bench_fsck(options);
  if (storage->parsed()) return tallinn::bench::bench_storage(options);
  if (proof->parsed()) {
    if (events->count() == 0) options.events = 1'000'000;
    return tallinn::bench::bench_proof(options);
  }
  if (tiles->parsed()) return tallinn::bench::bench_tiles(options);
  if (fold->parsed()) return tallinn::bench::bench_fold(options);
  if (late->parsed()) return tallinn::bench::bench_late(options);
  if (state->parsed()) return tallinn::bench::bench_state(options);
  if (live->parsed()) return tallinn::bench::bench_live(options);
  if (catchup->parsed()) return tallinn::bench::bench_catchup(options);
  if (page->parsed()) return tallinn::bench::bench_page(options);
  return 2;
}
