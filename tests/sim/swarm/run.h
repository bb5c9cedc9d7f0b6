// Run: one seed from beginning to end: steps in which clients record and faults happen, a check of
// everything now and then, and at last an end of all faults, after which the ledger must come to
// rest. Throws Broken. One thread; equal seeds make equal runs.
#pragma once

#include <functional>

#include "tests/sim/swarm/thief.h"

namespace tallinn::swarm {

class Run {
 public:
  /// `progress`: called before every step, with its number; the last one is the healing.
  Run(const Plan& plan, Tally& tally, std::function<void(unsigned)> progress = {});

  /// Everything. The digest of what has happened.
  std::uint64_t go();

 private:
  void step();
  void faults_of_nodes();
  void faults_of_links();
  void faults_of_people();
  bool happens(Trouble trouble);
  std::size_t any_node();
  std::optional<std::size_t> any_up();

  // --- a node's machine (machines.cpp) ---
  /// What a node may do with its log when it starts again.
  enum class Expected : std::uint8_t { as_before, to_refuse, anything };
  void restart(std::size_t n, Expected expected);
  void crash_at_an_operation(std::size_t n, SimDisk::Failing how);
  void remember_machine();
  void roll_disk_back();
  void roll_anchor_back();
  void lose_disk();
  void roll_machine_back();
  void restart_told_of_more(std::size_t n);
  void clone_machine();
  void rebuild(std::size_t n);
  /// Whoever has learned that its log must not go on does not forget it by a restart.
  void remember_refusals();

  // --- the end (healing.cpp) ---
  void heal();
  void end_faults();
  void let_it_rest(std::int64_t most_ms);
  bool at_rest();
  std::string words_of_rest();
  void tell_somebody_of_receipts();
  void check_nobody_appends_behind();
  bool histories_differ() const;
  void check_evidence_everywhere();
  Lamport least_after(const Head& head) const;
  void open_next_epoch();
  void record_at(std::size_t n, int number);
  void check_everything();

  const Plan& plan_;
  Tally& tally_;
  std::function<void(unsigned)> progress_;
  generator::Random random_;
  Cluster cluster_;
  Clients clients_;
  Thief thief_;
  std::optional<Snapshot> remembered_;  ///< of the unlucky office's machine
  std::set<std::size_t> refusing_;      ///< may not append any more, in this epoch
};

/// The whole of a seed; `steps`: 0 lets the seed choose.
std::uint64_t run_seed(std::uint64_t seed, unsigned steps, Tally& tally,
                       const std::function<void(unsigned)>& progress = {});

}  // namespace tallinn::swarm
