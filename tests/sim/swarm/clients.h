// Clients: those who hand in a generated history to the offices, invalid events included, keep what
// was not taken and try again, repeat themselves, and keep their receipts. One thread.
#pragma once

#include <deque>

#include "tests/sim/swarm/cluster.h"
#include "tools/generator/signing.h"

namespace tallinn::swarm {

class Clients {
 public:
  /// All outlive it.
  Clients(const Plan& plan, Cluster& cluster, Tally& tally);

  /// What the history begins with, while nothing goes wrong: without it there is little to decide.
  void begin();
  /// Hands in a few events, or many at once, some of them a second time or at the other office.
  void record();
  /// Hands in one that must be refused.
  void be_hostile();
  /// A submission that nobody has had yet, and the office it is for.
  struct Given {
    Submission submission;
    std::size_t office = 0;
    unsigned tries = 0;
  };
  std::optional<Given> next();  ///< nothing: the history has ended
  /// A line of JSON, signed by these.
  Submission sign(const std::string& line, const std::vector<const char*>& signers) const;

  /// An author has something that its event withholds erased.
  void erase_a_value();
  /// Of what was erased a node has kept nothing.
  void check_erased(std::size_t n);

  /// A donor has its trail put into a file.
  void ask_for_bundle();
  /// Has a node witness a checkpoint that was told lately, as anybody may.
  void ask_a_witness();
  /// Whatever was issued verifies, by what a node knows of keys now.
  void check_issued(std::size_t n);
  /// Checkpoints of all receipts: what clients can show to anybody.
  std::vector<std::string> shown() const;

 private:
  void record(std::int64_t count);
  void hand_in(std::size_t n, std::vector<Given> given);
  void ask_for_receipt(std::size_t n, const Place& place);
  void keep_waiting(Given given);
  void look_for_erased(std::size_t n, const WithheldValue& value);
  /// A party that signs well and means ill: takes out what is another's, what is not there yet,
  /// what takes something out itself, or its own statement.
  void declare_wrong(std::size_t n, const Submission& fresh);
  void expect_refusal(std::size_t n, const Submission& submission, const std::string& what);

  const Plan& plan_;
  Cluster& cluster_;
  Tally& tally_;
  generator::Random random_;
  generator::KeyOf keys_;
  generator::History history_;
  std::deque<Given> waiting_;
  std::vector<Submission> recorded_;     ///< some of them
  std::vector<Submission> withholding_;  ///< recorded ones that withhold a value
  std::vector<Uuid> corrections_;        ///< ids of what took something out
  struct Receipt {
    Place place;
    std::string text;
  };
  std::vector<Receipt> receipts_;
  std::vector<std::string> bundles_;
  struct Erased {
    WithheldValue value;
    std::size_t office = 0;  ///< that answered
  };
  std::vector<Erased> erased_;
};

}  // namespace tallinn::swarm
