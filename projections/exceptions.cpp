#include "projections/exceptions.h"

#include <algorithm>
#include <span>

#include "events/assert.h"
#include "events/uuid.h"
#include "projections/trails.h"

namespace tallinn {
namespace {

std::string id_of(ExceptionCode code, std::string_view subject) {
  std::string id(spell(code));
  return id.append("/").append(subject);
}

/// It was resolved before it was known here: then it is resolved now.
void take_waiting_resolution(Folding& folding, const std::string& id, ExceptionRecord& record) {
  const auto* waiting = folding.records.find<ResolutionRecord>(id);
  if (waiting == nullptr || waiting->by == Uuid{}) return;
  const ResolutionRecord resolution = *waiting;
  *folding.records.find<ResolutionRecord>(id) = {};
  folding.views.erase(Records::key_of<ResolutionRecord>(id));
  record.state = ExceptionState::resolved;
  record.resolved_by = resolution.by;
  record.outcome = resolution.outcome;
  close_exception(folding, ExceptionCode::unknown_reference, resolution.by);
  extend_trails(folding, resolution.by, {}, Effect::applied);
}

void add_events(std::vector<Uuid>& to, std::span<const Uuid> events) {
  for (const Uuid& event : events)
    if (std::ranges::find(to, event) == to.end() && to.size() < kMaxListed) to.push_back(event);
}

/// The name of the correction that keeps what is said of an earlier event's effect; empty: none.
std::string kept_under(const Folding& folding, ExceptionCode code, const Uuid& about) {
  TALLINN_ASSERT(std::ranges::find(kOfAnEffect, code) != kOfAnEffect.end());
  if (about == folding.event.id) return {};
  const auto* event = folding.records.find<EventRecord>(event_name(about));
  return event != nullptr && event->corrected_by ? event_name(*event->corrected_by) : std::string();
}

}  // namespace

void open_exception(Folding& folding, ExceptionCode code, std::string_view subject,
                    std::vector<Uuid> events, std::string sentence) {
  const std::string id = id_of(code, subject);
  auto& record = folding.records.find_or_make<ExceptionRecord>(id);
  if (record.events.empty()) take_waiting_resolution(folding, id, record);
  add_events(record.events, events);
  record.text = std::move(sentence);
  folding.save<ExceptionRecord>(id);
}

void open_exception(Folding& folding, ExceptionCode code, std::string sentence) {
  open_exception(folding, code, format_uuid(folding.event.id), {folding.event.id},
                 std::move(sentence));
}

void open_exception(Folding& folding, ExceptionCode code, const Uuid& about,
                    const std::vector<Uuid>& with, std::string sentence) {
  std::vector<Uuid> events{about};
  events.insert(events.end(), with.begin(), with.end());
  const std::string correction = kept_under(folding, code, about);
  if (correction.empty())
    return open_exception(folding, code, format_uuid(about), std::move(events),
                          std::move(sentence));
  const std::string id = id_of(code, format_uuid(about));
  auto& kept = folding.records.find<CorrectionRecord>(correction)->exceptions;
  auto found = std::ranges::find(kept, id, &KeptException::id);
  if (found == kept.end()) found = kept.insert(kept.end(), {.id = id, .record = {}});
  add_events(found->record.events, events);
  found->record.text = std::move(sentence);
  folding.save<CorrectionRecord>(correction);
}

void close_exception(Folding& folding, ExceptionCode code, const Uuid& about) {
  const std::string correction = kept_under(folding, code, about);
  if (correction.empty()) return close_exception(folding, code, format_uuid(about));
  auto& kept = folding.records.find<CorrectionRecord>(correction)->exceptions;
  if (std::erase_if(kept, [id = id_of(code, format_uuid(about))](const KeptException& one) {
        return one.id == id;
      }) > 0)
    folding.save<CorrectionRecord>(correction);
}

void reopen_exception(Folding& folding, const KeptException& kept) {
  ExceptionRecord& now = folding.records.find_or_make<ExceptionRecord>(kept.id);
  if (now.events.empty()) {
    now = kept.record;
    if (now.state == ExceptionState::open) take_waiting_resolution(folding, kept.id, now);
  }
  add_events(now.events, kept.record.events);
  folding.save<ExceptionRecord>(kept.id);
}

void close_exception(Folding& folding, ExceptionCode code, std::string_view subject) {
  const std::string id = id_of(code, subject);
  if (auto* record = folding.records.find<ExceptionRecord>(id);
      record != nullptr && !record->events.empty()) {
    *record = {};  // what is opened again within this event starts anew
    folding.views.erase(Records::key_of<ExceptionRecord>(id));
  }
}

Result<void> check(const Hearing& hearing, const ExceptionResolved& body) {
  if (!body.exception.ends_with("/" + format_uuid(hearing.event.id))) return {};
  return refuse(Code::invalid_value, "what is said of an event is resolved by another one",
                "body.exception");
}

Result<void> admit(const Hearing& hearing, const ExceptionResolved& body) {
  const auto* record = hearing.records.find<ExceptionRecord>(body.exception);
  if (record == nullptr || record->state != ExceptionState::resolved) return {};
  return refuse(Code::invalid_transition, "the exception " + body.exception + " is resolved",
                "body.exception");
}

void fold(Folding& folding, const ExceptionResolved& body) {
  auto* record = folding.records.find<ExceptionRecord>(body.exception);
  folding.touched.push_back(std::string(ExceptionRecord::kPrefix) + body.exception);
  if (record == nullptr || record->events.empty()) {
    folding.records.find_or_make<ResolutionRecord>(body.exception) = {.by = folding.event.id,
                                                                      .outcome = body.outcome};
    folding.save<ResolutionRecord>(body.exception);
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

void set_resolution(Folding& folding, const std::string& exception, const Uuid& event,
                    Stands stands) {
  auto* record = folding.records.find<ExceptionRecord>(exception);
  if (record != nullptr && record->resolved_by == event) {
    record->state = stands == Stands::yes ? ExceptionState::resolved : ExceptionState::open;
    folding.save<ExceptionRecord>(exception);
  }
  auto* waiting = folding.records.find<ResolutionRecord>(exception);
  if (waiting == nullptr || waiting->by != event) return;
  *waiting = {};
  folding.views.erase(Records::key_of<ResolutionRecord>(exception));
}

}  // namespace tallinn
