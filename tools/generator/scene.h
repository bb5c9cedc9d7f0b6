// Scene: what the stories of a history share: the calendar of what is to happen, the parties, the
// needs that are open, and the desk where events are given. Pure; for tools/generator only.
//
// A story is a chain of steps. Each step gives an event or a few and sets the date of the next
// ones; it holds its subject by a shared pointer, so that a subject lives as long as anything
// about it is to come.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <queue>

#include "tools/generator/history.h"
#include "tools/generator/random.h"
#include "tools/generator/subjects.h"

namespace tallinn::generator {

using Step = std::function<void()>;

/// What a party says, before it is an event.
struct Statement {
  PartyId author;
  Body body;
  /// Where it is given; nothing: a fact, at either office.
  std::optional<OfficeRole> office = std::nullopt;
  /// Who signs beside the author.
  std::vector<PartyId> cosigners = {};
  Expected expected = {};
  std::optional<Uuid> id = std::nullopt;  ///< announced before (Scene::fresh_id)
  std::vector<Withholding> withhold = {};
  int days_ago = 0;  ///< when it occurred
  enum class Papers : std::uint8_t { perhaps, none } papers = Papers::perhaps;
};

class Scene {
 public:
  Scene(const HistoryOptions& options, const KeyLookup& keys);

  const HistoryOptions options;
  const Cast cast;
  Random random;
  std::vector<std::shared_ptr<Need>> open_needs;  ///< endorsed, with something left to allocate

  // --- the calendar ---
  Day today() const { return today_; }
  /// Between so many days from today. Steps of one day happen in the order in which they were set.
  void after(int least_days, int most_days, Step step);
  /// The same, but not before the other office has heard of today.
  void after_meeting(int least_days, int most_days, Step step);
  /// Runs the next step; its events wait in `given`.
  void run_next();
  std::size_t awaited() const { return calendar_.size(); }

  // --- the desk ---
  Uuid give(Statement statement);
  Uuid fresh_id();
  std::deque<GivenEvent> given;

  // --- choices ---
  const Actor& any_donor() { return cast.donors[donors_.pick(random)]; }
  const Actor& any_implementer() { return cast.implementers[implementers_.pick(random)]; }
  const Actor& any_recipient() { return cast.recipients[recipients_.pick(random)]; }
  bool late() { return random.percent(options.late_percent); }
  bool colliding() { return random.percent(options.colliding_percent); }
  bool mistaken() { return random.percent(options.mistaken_percent); }
  bool refused() { return random.percent(options.refused_percent); }
  OfficeRole either_office() { return random.percent(50) ? OfficeRole::front : OfficeRole::back; }
  std::string reason();
  /// "<prefix>-<year>-<number>", never twice.
  Name fresh_name(std::string_view prefix);
  std::uint16_t year() const;

 private:
  struct Planned {
    Day day;
    std::uint64_t number;
    Step step;
    bool operator>(const Planned& other) const {
      return std::tie(day, number) > std::tie(other.day, other.number);
    }
  };
  void admit_everyone(const KeyLookup& keys);
  /// Begins a programme and sets the date of the next one.
  void begin_programme();
  When when(int days_ago);

  std::priority_queue<Planned, std::vector<Planned>, std::greater<>> calendar_;
  Day today_;
  std::uint64_t planned_ = 0;
  std::uint64_t named_ = 0;
  Zipf donors_;
  Zipf implementers_;
  Zipf recipients_;
};

}  // namespace tallinn::generator
