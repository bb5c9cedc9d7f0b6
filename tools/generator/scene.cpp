#include "tools/generator/scene.h"

#include <algorithm>

#include "events/uuid.h"
#include "tools/generator/stories.h"
#include "tools/generator/words.h"

namespace tallinn::generator {
namespace {

constexpr std::int64_t kDay_ms = 24 * 3'600'000;
/// How many events a programme makes on average (a pledge, two needs and all that follows), and
/// how long one goes on; both measured.
constexpr std::uint64_t kEventsPerProgramme = 70;
constexpr unsigned kProgrammeDays = 250;

}  // namespace

Scene::Scene(const HistoryOptions& wanted, const KeyLookup& keys)
    : options(wanted),
      cast(make_cast(wanted.parties)),
      random(wanted.seed),
      today_(wanted.first),
      donors_(cast.donors.size()),
      implementers_(cast.implementers.size()),
      recipients_(cast.recipients.size()) {
  admit_everyone(keys);
  after_meeting(1, 1, [this] { record_rates(*this); });
  after_meeting(1, 1, [this] { begin_programme(); });
}

void Scene::admit_everyone(const KeyLookup& keys) {
  for (const Actor* actor : cast.everyone())
    for (Body& body : admission_of(*actor, keys))
      give({.author = coordinators().front(),
            .body = std::move(body),
            .office = OfficeRole::back,
            .cosigners = coordinators()});
}

void Scene::begin_programme() {
  announce_pledge(*this);
  const std::size_t enough = 20;
  const int needs = open_needs.size() > 10 * enough ? 0 : open_needs.size() < enough ? 3 : 2;
  for (int i = 0; i < needs; ++i) after(0, 20, [this] { register_need(*this); });

  const std::uint64_t programmes = std::max<std::uint64_t>(1, options.events / kEventsPerProgramme);
  const unsigned days = options.days > 2 * kProgrammeDays ? options.days - kProgrammeDays
                                                          : std::max(1U, options.days / 2);
  // The mean gap in millionths of a day, so that a thousand programmes may begin on one day.
  const auto gap = static_cast<std::int64_t>(days * 1'000'000ULL / programmes);
  const std::int64_t wait = random.between(0, 2 * gap);
  const int whole = static_cast<int>(wait / 1'000'000);
  const int more = random.between(0, 999'999) < wait % 1'000'000 ? 1 : 0;
  after(whole + more, whole + more, [this] { begin_programme(); });
}

void Scene::after(int least_days, int most_days, Step step) {
  const auto days = static_cast<std::int32_t>(random.between(least_days, most_days));
  calendar_.push({Day(today_.value() + days), planned_++, std::move(step)});
}

void Scene::after_meeting(int least_days, int most_days, Step step) {
  const int lag = static_cast<int>(options.apart_days) + 1;
  after(std::max(lag, least_days), std::max(lag, most_days), std::move(step));
}

void Scene::run_next() {
  // The order of the calendar does not depend on the step: moving it out is safe.
  Step step = std::move(const_cast<Planned&>(calendar_.top()).step);  // NOLINT(*-const-cast)
  today_ = calendar_.top().day;
  calendar_.pop();
  step();
}

Uuid Scene::fresh_id() {
  const UnixMillis now(start_of(today_).value() + random.between(0, kDay_ms - 1));
  return make_uuid(now, random.bytes<10>());
}

When Scene::when(int days_ago) {
  const UnixMillis start = start_of(Day(today_.value() - days_ago));
  if (!random.percent(10)) return {start, 0, Precision::day};
  const std::int64_t minute = random.between(8 * 60, 18 * 60);
  return {UnixMillis(start.value() + (minute - 120) * 60'000), 120, Precision::instant};
}

Uuid Scene::give(Statement statement) {
  GivenEvent out{.draft = {},
                 .office = statement.office ? *statement.office : either_office(),
                 .day = today_,
                 .expected = std::move(statement.expected)};
  EventDraft& draft = out.draft;
  draft.id = statement.id ? *statement.id : fresh_id();
  draft.event.id = *draft.id;
  draft.event.author = statement.author;
  draft.event.occurred = when(statement.days_ago);
  draft.event.body = std::move(statement.body);
  draft.signers = std::move(statement.cosigners);
  draft.signers.push_back(std::move(statement.author));
  std::ranges::sort(draft.signers);
  draft.signers.erase(std::ranges::unique(draft.signers).begin(), draft.signers.end());
  draft.withhold = std::move(statement.withhold);
  if (random.percent(10)) {
    const Remark& remark = random.one_of(kRemarks);
    draft.event.note = NoteText{.en = remark.en, .uk = remark.uk};
  }
  if (statement.papers == Statement::Papers::perhaps && random.percent(12))
    draft.event.documents.push_back(
        {Digest{random.bytes<32>()}, "application/pdf", "Paper " + std::to_string(planned_)});
  const Uuid id = *draft.id;
  given.push_back(std::move(out));
  return id;
}

std::string Scene::reason() {
  return random.one_of(kReasons);
}

std::uint16_t Scene::year() const {
  return static_cast<std::uint16_t>(std::stoi(format_day(today_).substr(0, 4)));
}

Name Scene::fresh_name(std::string_view prefix) {
  return Name(std::string(prefix) + "-" + std::to_string(year()) + "-" + padded(++named_, 5));
}

}  // namespace tallinn::generator
