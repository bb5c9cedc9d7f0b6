// Stage: the two offices that tables play on: submits rows, cuts and heals the link, lets what is
// recorded arrive, and looks at what each office shows. Shell over the simulated world. What breaks
// in the machinery itself fails the test; what is refused is an answer.
#pragma once

#include "projections/state_tree.h"
#include "tests/scenarios/shown.h"
#include "tests/scenarios/spoken.h"
#include "tests/sim/world.h"

namespace tallinn::scenarios {

/// Who signs: "EE", "UA+KYIV-OFFICE" (the first is the author), "EE:EE-2" (by the key EE-2), "EE!"
/// (with a signature that does not hold).
struct Signature {
  std::string party;
  std::string key;
  bool holds = true;
};
std::vector<Signature> read_signatures(const std::string& cell);

class Stage {
 public:
  Stage() { world_.connect(); }

  struct Step {
    std::size_t office = 0;
    std::vector<Signature> signatures;
    Saying saying;
    bool careless = false;  ///< appended by an office that checks nothing
  };
  /// "ok", "known", "appended", or `code field "sentence"`.
  std::string submit(const Step& step);

  void cut();
  void heal();
  /// On a new disk, with the keys that a `LogOpened` row gives it.
  void start_next_epoch(std::size_t office);
  void let_pass(std::int64_t milliseconds);
  bool linked() const { return linked_; }
  /// Calls with what an office shows now.
  template <class Look>
  auto look(std::size_t office, Look&& look) {
    const auto head = world_.head(office);
    StoredViews views(*head->snapshot);
    const Shown shown{views, world_.charter(), spoken_.labels};
    return look(shown);
  }
  /// Lets everything arrive and settle; says what differs from one equal, signed state.
  std::vector<std::string> converge();

 private:
  Submission sealed(const Step& step);
  void say_log_words(const Step& step, Words& words);
  struct Draft {
    Entry entry;
    LogWriter writer;
  };
  /// The entry that the office would append, whatever its rules say.
  Draft draft(std::size_t office, const Submission& submission);
  void append_careless(std::size_t office, const Submission& submission);
  void arrive();
  StateRoot folded_anew(std::size_t office);

  sim::World world_{1};
  Spoken spoken_{.labels = {}, .today = "2025-06-01"};
  std::map<std::string, Submission, std::less<>> submitted_;
  std::map<std::string, Place, std::less<>> places_;
  unsigned made_ = 0;
  bool linked_ = true;
};

}  // namespace tallinn::scenarios
