#include <algorithm>

#include "tools/generator/stories.h"
#include "tools/generator/words.h"

namespace tallinn::generator {
namespace {

using NeedPtr = std::shared_ptr<Need>;

std::vector<NeedLine> lines_of(const Need& need) {
  std::vector<NeedLine> lines;
  for (const Need::Line& line : need.lines)
    lines.push_back({line.number, need.title, Quantity(line.quantity), line.unit, std::nullopt});
  return lines;
}

void close_need(Scene& scene, const NeedPtr& need) {
  need->phase = Need::Phase::over;
  take_from_open(scene, *need);
  scene.after_meeting(5, 30, [&scene, need] {
    const bool met = std::ranges::all_of(
        need->lines, [](const Need::Line& line) { return line.allocated >= line.quantity; });
    scene.give({.author = need->recipient,
                .body = NeedClosed{need->name,
                                   met               ? NeedOutcome::met
                                   : need->drawn > 0 ? NeedOutcome::partially_met
                                                     : NeedOutcome::not_met,
                                   std::nullopt},
                .office = OfficeRole::front,
                .cosigners = {scene.cast.front.party}});
  });
}

/// Nobody waits for the rest for ever.
void retire_need(Scene& scene, const NeedPtr& need) {
  if (need->phase != Need::Phase::open) return;
  need->phase = Need::Phase::closing;
  take_from_open(scene, *need);
  if (need->allocations == 0) close_need(scene, need);
}

void revise_need(Scene& scene, const NeedPtr& need) {
  if (need->phase != Need::Phase::open) return;
  Need::Line& line = need->lines.front();
  const std::int64_t more = scene.random.part_of(line.quantity, 10, 60);
  line.quantity += more;
  Expected expected;
  follow_coverage(*need, expected);
  scene.give({.author = need->recipient,
              .body = NeedRevised{need->name, lines_of(*need), scene.reason()},
              .office = OfficeRole::front,
              .expected = std::move(expected)});
  scene.after_meeting(1, 1, [need, more] { need->lines.front().known += more; });
}

void endorse_need(Scene& scene, const NeedPtr& need) {
  const NeedEndorsed body{need->name,
                          Priority(static_cast<std::uint8_t>(scene.random.between(1, 5)))};
  const PartyId coordinator = scene.random.one_of(coordinators());
  scene.give({.author = coordinator, .body = body, .office = OfficeRole::front});
  if (scene.refused())
    scene.give({.author = coordinator,
                .body = body,
                .office = OfficeRole::front,
                .expected = {.refused = Code::invalid_transition}});
  scene.after_meeting(1, 5, [&scene, need] {
    if (need->phase == Need::Phase::open) scene.open_needs.push_back(need);
  });
  if (scene.random.percent(12))
    scene.after_meeting(30, 90, [&scene, need] { revise_need(scene, need); });
  scene.after_meeting(250, 350, [&scene, need] { retire_need(scene, need); });
}

}  // namespace

void register_need(Scene& scene) {
  const Good& good = scene.random.one_of(kGoods);
  auto need = std::make_shared<Need>();
  need->name = scene.fresh_name("UA");
  need->title = good.en;
  need->recipient = scene.any_recipient().party;
  const auto lines = static_cast<std::uint16_t>(scene.random.between(1, 3));
  for (std::uint16_t i = 1; i <= lines; ++i) {
    const std::int64_t quantity = scene.random.between(1, good.most);
    need->lines.push_back({LineNumber(i), good.unit, quantity, quantity, 0});
  }
  NeedRegistered body{.need = need->name,
                      .title = {good.en, good.uk},
                      .kind = good.kind,
                      .sector = static_cast<Sector>(scene.random.between(1, 9)),
                      .lines = lines_of(*need),
                      .recipient = need->recipient,
                      .needed_by = std::nullopt,
                      .urgency = static_cast<Urgency>(scene.random.between(1, 4))};
  if (scene.random.percent(40)) body.needed_by = Day(scene.today().value() + 180);
  Statement statement{
      .author = need->recipient, .body = std::move(body), .office = OfficeRole::front};
  if (scene.random.percent(20)) {
    const std::string_view beneficiary = scene.random.one_of(kPlaces);
    statement.withhold.push_back({Name("beneficiary"), Tlp::amber, Bytes(beneficiary)});
  }
  scene.give(std::move(statement));
  const std::int64_t fate = scene.random.between(1, 100);
  if (fate > 10) return scene.after(2, 14, [&scene, need] { endorse_need(scene, need); });
  scene.after(5, 30, [&scene, need, fate] {
    if (fate > 5)
      scene.give({.author = scene.random.one_of(coordinators()),
                  .body = NeedRejected{need->name, scene.reason()},
                  .office = OfficeRole::front});
    else
      scene.give({.author = need->recipient,
                  .body = NeedWithdrawn{need->name, scene.reason()},
                  .office = OfficeRole::front});
  });
}

void take_from_open(Scene& scene, const Need& need) {
  std::erase_if(scene.open_needs, [&](const NeedPtr& open) { return open.get() == &need; });
}

void complete_part(Scene& scene, const NeedPtr& need) {
  --need->allocations;
  if (need->allocations > 0 || need->phase == Need::Phase::over) return;
  const bool nothing_left =
      std::ranges::all_of(need->lines, [](const Need::Line& line) { return line.left() <= 0; });
  if (nothing_left || need->phase == Need::Phase::closing) close_need(scene, need);
}

void follow_coverage(Need& need, Expected& expected) {
  const bool over = std::ranges::any_of(
      need.lines, [](const Need::Line& line) { return line.allocated > line.quantity; });
  if (over == need.over_allocated) return;
  need.over_allocated = over;
  (over ? expected.opens : expected.ends).push_back("over_allocated_need/" + need.name.value());
}

}  // namespace tallinn::generator
