#include <algorithm>

#include "tools/generator/stories.h"

namespace tallinn::generator {
namespace {

using CommitmentPtr = std::shared_ptr<Commitment>;
using AllocationPtr = std::shared_ptr<Allocation>;

void decide(Scene& scene, Body body, Expected expected) {
  scene.give({.author = scene.cast.back.party,
              .body = std::move(body),
              .office = OfficeRole::back,
              .expected = std::move(expected)});
}

/// A need with something left and the line that has it; nothing when there is none.
AllocationPtr choose_need(Scene& scene, const CommitmentPtr& commitment) {
  if (scene.open_needs.empty()) return nullptr;
  auto allocation = std::make_shared<Allocation>();
  allocation->commitment = commitment;
  allocation->need = scene.random.one_of(scene.open_needs);
  const auto& lines = allocation->need->lines;
  const auto line = std::ranges::find_if(lines, [](const auto& one) { return one.left() > 0; });
  if (line == lines.end()) {
    take_from_open(scene, *allocation->need);
    return nullptr;
  }
  allocation->line = static_cast<std::size_t>(line - lines.begin());
  return allocation;
}

void consent(Scene& scene, const AllocationPtr& allocation, Side side) {
  if (allocation->cancelled) return;
  scene.give(
      {.author = side == Side::donor ? allocation->commitment->donor : allocation->need->recipient,
       .body = AllocationConsented{allocation->name, side},
       .office = OfficeRole::back});
}

void cancel(Scene& scene, const AllocationPtr& allocation, Expected expected) {
  allocation->cancelled = true;
  allocation->commitment->drawn -= allocation->value;
  allocation->need->lines[allocation->line].allocated -= allocation->quantity;
  --allocation->need->drawn;
  follow_coverage(*allocation->need, expected);
  decide(scene, AllocationCancelled{allocation->name, std::nullopt, scene.reason()},
         std::move(expected));
  complete_part(scene, allocation->need);
}

/// The front office has the need withdrawn on the day on which the back office allocates to it.
void withdraw_meanwhile(Scene& scene, const AllocationPtr& allocation) {
  const std::string exception = "allocation_on_withdrawn_need/" + allocation->name.value();
  allocation->need->phase = Need::Phase::over;
  take_from_open(scene, *allocation->need);
  scene.give({.author = allocation->need->recipient,
              .body = NeedWithdrawn{allocation->need->name, scene.reason()},
              .office = OfficeRole::front,
              .expected = {.opens = {exception}}});
  scene.after_meeting(
      3, 30, [&scene, allocation, exception] { cancel(scene, allocation, {.ends = {exception}}); });
}

void go_on(Scene& scene, const AllocationPtr& allocation) {
  scene.after(1, 5, [&scene, allocation] { consent(scene, allocation, Side::donor); });
  scene.after(2, 9, [&scene, allocation] { consent(scene, allocation, Side::recipient); });
  if (scene.random.percent(5))
    return scene.after(20, 60, [&scene, allocation] { cancel(scene, allocation, {}); });
  if (scene.colliding())
    return scene.after(20, 60, [&scene, allocation] {
      cancel(scene, allocation, {});
      send_cancelled(scene, allocation);
    });
  allocation->to_send = static_cast<unsigned>(scene.random.between(1, 3));
  for (unsigned i = 0; i < allocation->to_send; ++i)
    scene.after(10, 70, [&scene, allocation] { send_consignment(scene, allocation); });
}

AllocationProposed proposal_of(const Allocation& allocation) {
  return {.allocation = allocation.name,
          .commitment = allocation.commitment->name,
          .need = allocation.need->name,
          .line = allocation.need->lines[allocation.line].number,
          .quantity = Quantity(allocation.quantity),
          .value = allocation.commitment->money(allocation.value)};
}

void try_too_much(Scene& scene, const Allocation& allocation) {
  Allocation more = allocation;
  more.name = scene.fresh_name("A");
  more.value = allocation.commitment->left() + 1;
  decide(scene, proposal_of(more), {.refused = Code::overdrawn});
}

void propose(Scene& scene, const AllocationPtr& allocation) {
  Commitment& commitment = *allocation->commitment;
  Need& need = *allocation->need;
  Need::Line& line = need.lines[allocation->line];
  const bool beyond = scene.colliding();
  allocation->name = scene.fresh_name("A");
  allocation->quantity = scene.random.part_of(line.left(), 30, 100);
  if (beyond) allocation->quantity += line.left();
  allocation->value = commitment.to_propose == 1 ? scene.random.part_of(commitment.left(), 60, 100)
                                                 : scene.random.part_of(commitment.left(), 20, 60);
  if (scene.refused()) try_too_much(scene, *allocation);
  --commitment.to_propose;
  commitment.drawn += allocation->value;
  line.allocated += allocation->quantity;
  ++need.drawn;
  ++need.allocations;
  Expected expected;
  follow_coverage(need, expected);
  decide(scene, proposal_of(*allocation), std::move(expected));
  if (need.drawn == 1 && !beyond && scene.colliding()) return withdraw_meanwhile(scene, allocation);
  go_on(scene, allocation);
}

/// Proposes, or looks again some days later: there may be no need, or the commitment be suspended.
void look_for_need(Scene& scene, const CommitmentPtr& commitment, unsigned tries_left) {
  if (commitment->terminated || commitment->left() == 0 || tries_left == 0) {
    --commitment->to_propose;
    return;
  }
  const auto allocation = commitment->suspended ? nullptr : choose_need(scene, commitment);
  if (allocation) return propose(scene, allocation);
  scene.after(7, 21, [&scene, commitment, tries_left] {
    look_for_need(scene, commitment, tries_left - 1);
  });
}

void release_rest(Scene& scene, const AllocationPtr& allocation) {
  const std::int64_t rest = allocation->value - allocation->sent_value;
  allocation->commitment->drawn -= rest;
  allocation->value -= rest;
  const std::int64_t unsent =
      std::max<std::int64_t>(0, allocation->quantity - allocation->sent_quantity);
  allocation->need->lines[allocation->line].allocated -= unsent;
  Expected expected;
  follow_coverage(*allocation->need, expected);
  std::optional<Money> said;
  if (scene.random.percent(50)) said = allocation->commitment->money(rest);
  decide(scene, AllocationReleased{allocation->name, said, scene.reason()}, std::move(expected));
}

}  // namespace

void propose_allocation(Scene& scene, const CommitmentPtr& commitment) {
  look_for_need(scene, commitment, 10);
}

void complete_consignment(Scene& scene, const AllocationPtr& allocation) {
  --allocation->under_way;
  if (allocation->cancelled || allocation->under_way > 0 || allocation->to_send > 0) return;
  complete_part(scene, allocation->need);
  if (allocation->value > allocation->sent_value && scene.random.percent(60))
    scene.after_meeting(5, 60, [&scene, allocation] { release_rest(scene, allocation); });
}

}  // namespace tallinn::generator
