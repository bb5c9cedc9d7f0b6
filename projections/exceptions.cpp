#include "projections/exceptions.h"

#include <algorithm>

#include "events/uuid.h"

namespace tallinn {
namespace {

std::string id_of(ExceptionCode code, std::string_view subject) {
  std::string id(spell(code));
  return id.append("/").append(subject);
}

}  // namespace

void open_exception(Folding& folding, ExceptionCode code, std::string_view subject,
                    std::vector<Uuid> events, std::string sentence) {
  const std::string id = id_of(code, subject);
  auto& record = folding.records.find_or_make<ExceptionRecord>(id);
  for (const Uuid& event : events)
    if (std::ranges::find(record.events, event) == record.events.end() &&
        record.events.size() < kMaxListed)
      record.events.push_back(event);
  record.text = std::move(sentence);
  folding.save<ExceptionRecord>(id);
}

void open_exception(Folding& folding, ExceptionCode code, std::string sentence) {
  open_exception(folding, code, format_uuid(folding.event.id), {folding.event.id},
                 std::move(sentence));
}

void close_exception(Folding& folding, ExceptionCode code, std::string_view subject) {
  const std::string id = id_of(code, subject);
  if (auto* record = folding.records.find<ExceptionRecord>(id);
      record != nullptr && !record->events.empty()) {
    *record = {};  // what is opened again within this event starts anew
    folding.views.erase(Records::key_of<ExceptionRecord>(id));
  }
}

Result<void> check(const Hearing&, const ExceptionResolved&) {
  return {};
}

void fold(Folding& folding, const ExceptionResolved& body) {
  auto* record = folding.records.find<ExceptionRecord>(body.exception);
  if (record == nullptr || record->events.empty()) {
    folding.effect = Effect::unknown_reference;
    open_exception(folding, ExceptionCode::unknown_reference,
                   "there is no exception " + body.exception);
    return;
  }
  if (record->state == ExceptionState::resolved) return;
  record->state = ExceptionState::resolved;
  record->resolved_by = folding.event.id;
  record->outcome = body.outcome;
  for (const Uuid& event : record->events)
    if (const auto* about = folding.records.find<EventRecord>(event_name(event)))
      folding.more_parties.insert(folding.more_parties.end(), about->parties.begin(),
                                  about->parties.end());
  folding.save<ExceptionRecord>(body.exception);
}

}  // namespace tallinn
