#include "projections/correction_reach.h"

#include "projections/event_rules.h"
#include "projections/record_keys.h"

namespace tallinn {

bool reaches(const Position& correction, const EventRecord& target) {
  static const std::uint8_t kErrorDeclared = type_number(Body(ErrorDeclared{}));
  return target.type != kErrorDeclared || target.position < correction;
}

Position position_of(const Folding& folding, const Uuid& event) {
  if (event == folding.event.id) return folding.position;
  const auto* record = folding.records.find<EventRecord>(event_name(event));
  return record == nullptr ? Position{} : record->position;
}

bool may_correct(const Folding& folding, const Uuid& by, const EventRecord& target) {
  if (target.type == 0 || by == folding.event.id) return true;
  const auto* correction = folding.records.find<EventRecord>(event_name(by));
  return correction != nullptr && correction->author == target.author;
}

}  // namespace tallinn
