#include <algorithm>

#include "tools/generator/stories.h"

namespace tallinn::generator {
namespace {

using CommitmentPtr = std::shared_ptr<Commitment>;

/// Says whether more is told to have come than went out, or no longer.
Expected follow_receipts(Commitment& commitment) {
  const bool over = commitment.got > commitment.paid;
  Expected expected;
  if (over != commitment.overgot)
    (over ? expected.opens : expected.ends)
        .push_back("exceeds_balance/commitment/" + commitment.name.value());
  commitment.overgot = over;
  return expected;
}

void take_back_receipt(Scene& scene, const CommitmentPtr& commitment, const Uuid& receipt,
                       std::int64_t minor) {
  commitment->got -= minor;
  scene.give({.author = commitment->implementer,
              .body = ErrorDeclared{receipt, ErrorReason::duplicate, {}},
              .expected = follow_receipts(*commitment)});
}

/// What is told twice is taken back before the next payment comes.
void receive(Scene& scene, const CommitmentPtr& commitment, std::int64_t minor) {
  const FundsReceived body{commitment->name, commitment->money(minor), scene.today(),
                           commitment->implementer};
  commitment->got += minor;
  const Uuid id = scene.give({.author = commitment->implementer, .body = body});
  if (scene.mistaken()) {
    commitment->got += minor;
    const Uuid again = scene.give({.author = commitment->implementer,
                                   .body = body,
                                   .expected = follow_receipts(*commitment)});
    scene.after(1, 20, [&scene, commitment, again, minor] {
      take_back_receipt(scene, commitment, again, minor);
    });
  }
  if (scene.random.percent(2)) dispute(scene, commitment->donor, id);
}

void refund(Scene& scene, const CommitmentPtr& commitment, std::int64_t minor, Expected expected) {
  commitment->disbursed -= minor;
  scene.give({.author = commitment->implementer,
              .body = FundsRefunded{commitment->name, commitment->money(minor), scene.today(),
                                    scene.reason()},
              .expected = std::move(expected)});
}

/// More goes out than is committed; the excess comes back.
void overpay(Scene& scene, const CommitmentPtr& commitment, std::int64_t minor) {
  const std::string exception = "disbursed_exceeds_committed/" + commitment->name.value();
  const std::int64_t excess = scene.random.part_of(minor, 5, 50);
  commitment->overpaid = true;
  commitment->disbursed += excess;
  commitment->paid += excess;
  scene.give({.author = commitment->donor,
              .body = disbursement_of(scene, *commitment, minor + excess),
              .expected = {.opens = {exception}}});
  scene.after(10, 40, [&scene, commitment, excess, exception] {
    refund(scene, commitment, excess, {.ends = {exception}});
    commitment->overpaid = false;
  });
}

/// Somebody typed half of the sum; set right before the rest of it is told to have come.
void mistype(Scene& scene, const CommitmentPtr& commitment, std::int64_t minor) {
  const Uuid wrong = scene.give(
      {.author = commitment->donor, .body = disbursement_of(scene, *commitment, (minor + 1) / 2)});
  correct(scene, {commitment->donor, wrong, disbursement_of(scene, *commitment, minor)},
          [&scene, commitment, minor] { receive(scene, commitment, minor); });
}

void disburse(Scene& scene, const CommitmentPtr& commitment, unsigned tranches_left) {
  const std::int64_t open = commitment->committed - commitment->disbursed;
  if (open <= 0 || commitment->terminated || commitment->overpaid) return;
  const bool last = tranches_left == 1;
  const std::int64_t minor = !last                      ? scene.random.part_of(open, 20, 60)
                             : scene.random.percent(70) ? open
                                                        : scene.random.part_of(open, 50, 95);
  commitment->disbursed += minor;
  commitment->paid += minor;
  const bool dear = minor == open && scene.mistaken();
  if (!dear && scene.mistaken()) {
    mistype(scene, commitment, minor);
  } else {
    if (dear)
      overpay(scene, commitment, minor);
    else
      scene.give({.author = commitment->donor, .body = disbursement_of(scene, *commitment, minor)});
    scene.after(1, 6, [&scene, commitment, minor] { receive(scene, commitment, minor); });
  }
  if (!last)
    scene.after(30, 90, [&scene, commitment, tranches_left] {
      disburse(scene, commitment, tranches_left - 1);
    });
  else if (scene.random.percent(10))
    scene.after(60, 150, [&scene, commitment] {
      if (!commitment->overpaid)
        refund(scene, commitment, scene.random.part_of(commitment->disbursed, 2, 20), {});
    });
}

}  // namespace

FundsDisbursed disbursement_of(const Scene& scene, const Commitment& commitment,
                               std::int64_t minor) {
  return {commitment.name, commitment.money(minor), scene.today(), commitment.donor,
          commitment.implementer};
}

void move_funds(Scene& scene, const CommitmentPtr& commitment) {
  disburse(scene, commitment, static_cast<unsigned>(scene.random.between(1, 3)));
}

}  // namespace tallinn::generator
