#include <algorithm>

#include "events/uuid.h"
#include "tools/generator/stories.h"

namespace tallinn::generator {
namespace {

using CommitmentPtr = std::shared_ptr<Commitment>;

constexpr std::int64_t kUsualCommitment = 120'000;

/// By the donor, about the commitment, at the back office.
void decide(Scene& scene, const Commitment& commitment, Body body) {
  scene.give({.author = commitment.donor, .body = std::move(body), .office = OfficeRole::back});
}

void amend_commitment(Scene& scene, const CommitmentPtr& commitment) {
  if (commitment->terminated || commitment->overpaid) return;
  const Pledge* pledge = commitment->pledge.get();
  const std::int64_t spare =
      commitment->committed - std::max({commitment->drawn, commitment->disbursed, std::int64_t{1}});
  const std::int64_t room = pledge == nullptr ? commitment->committed
                            : pledge->over    ? 0
                                              : pledge->left();
  const bool less = scene.random.percent(40);
  if ((less ? spare : room) <= 0) return;
  const std::int64_t change =
      less ? -scene.random.part_of(spare, 20, 80)
           : std::min(room, scene.random.part_of(commitment->committed, 5, 30));
  commitment->committed += change;
  if (commitment->pledge) commitment->pledge->committed += change;
  decide(scene, *commitment,
         CommitmentAmended{commitment->name, commitment->money(change), scene.reason()});
}

void suspend_commitment(Scene& scene, const CommitmentPtr& commitment) {
  if (commitment->terminated) return;
  commitment->suspended = true;
  decide(scene, *commitment, CommitmentSuspended{commitment->name, scene.reason()});
  scene.after(10, 60, [&scene, commitment] {
    commitment->suspended = false;
    decide(scene, *commitment, CommitmentResumed{commitment->name, scene.reason()});
  });
}

void terminate_commitment(Scene& scene, const CommitmentPtr& commitment) {
  if (commitment->suspended || commitment->to_propose > 0) return;
  commitment->terminated = true;
  decide(scene, *commitment, CommitmentTerminated{commitment->name, scene.reason()});
}

void try_another_currency(Scene& scene, const Commitment& commitment) {
  const bool euro = currency_code(commitment.currency) == "EUR";
  const Money other{AmountMinor(100), parse_currency(euro ? "USD" : "EUR").value()};
  scene.give({.author = commitment.donor,
              .body = CommitmentAmended{commitment.name, other, scene.reason()},
              .office = OfficeRole::back,
              .expected = {.refused = Code::invalid_value}});
}

void follow_up(Scene& scene, const CommitmentPtr& commitment) {
  if (scene.refused()) try_another_currency(scene, *commitment);
  if (commitment->mode == Mode::cash)
    scene.after(5, 40, [&scene, commitment] { move_funds(scene, commitment); });
  commitment->to_propose = static_cast<unsigned>(scene.random.between(1, 3));
  for (unsigned i = 0; i < commitment->to_propose; ++i)
    scene.after(10, 90, [&scene, commitment] { propose_allocation(scene, commitment); });
  if (scene.random.percent(12))
    scene.after(20, 150, [&scene, commitment] { amend_commitment(scene, commitment); });
  const std::int64_t fate = scene.random.between(1, 100);
  if (fate <= 5)
    scene.after(15, 80, [&scene, commitment] { suspend_commitment(scene, commitment); });
  else if (fate <= 10)
    scene.after(120, 240, [&scene, commitment] { terminate_commitment(scene, commitment); });
  if (scene.random.percent(6))
    scene.after_meeting(150, 300, [&scene, commitment] { audit(scene, commitment); });
}

void sign(Scene& scene, const CommitmentPtr& commitment, Expected expected) {
  commitment->event = scene.give(
      {.author = commitment->donor,
       .body =
           CommitmentSigned{.commitment = commitment->name,
                            .pledge = commitment->pledge ? std::optional(commitment->pledge->name)
                                                         : std::nullopt,
                            .donor = commitment->donor,
                            .receiver = commitment->implementer,
                            .value = commitment->money(commitment->committed),
                            .mode = commitment->mode,
                            .agreement = {"Agreement " + commitment->name.value(), {}}},
       .office = OfficeRole::back,
       .expected = std::move(expected)});
  if (commitment->pledge) --commitment->pledge->to_sign;
  follow_up(scene, commitment);
}

/// Signs it; or money goes first, and the papers follow.
void begin(Scene& scene, const CommitmentPtr& commitment) {
  if (commitment->mode != Mode::cash || !scene.late()) return sign(scene, commitment, {});
  const std::int64_t advance = scene.random.part_of(commitment->committed, 10, 40);
  commitment->disbursed += advance;
  commitment->paid += advance;
  const Uuid id = scene.fresh_id();
  const std::string exception = "unknown_reference/" + format_uuid(id);
  scene.give({.author = commitment->donor,
              .body = disbursement_of(scene, *commitment, advance),
              .expected = {.opens = {exception}},
              .id = id});
  scene.after(2, 9,
              [&scene, commitment, exception] { sign(scene, commitment, {.ends = {exception}}); });
}

CommitmentPtr make_commitment(Scene& scene, const PartyId& donor, Currency currency) {
  auto commitment = std::make_shared<Commitment>();
  commitment->name = scene.fresh_name("C");
  commitment->donor = donor;
  commitment->implementer = scene.any_implementer().party;
  commitment->currency = currency;
  commitment->mode = scene.random.percent(60) ? Mode::cash : Mode::in_kind;
  return commitment;
}

}  // namespace

void sign_commitment(Scene& scene, const std::shared_ptr<Pledge>& pledge) {
  if (pledge->left() == 0) {
    --pledge->to_sign;
    return;
  }
  const auto commitment = make_commitment(scene, pledge->donor, pledge->currency);
  commitment->pledge = pledge;
  commitment->committed = pledge->to_sign == 1 ? scene.random.part_of(pledge->left(), 60, 100)
                                               : scene.random.part_of(pledge->left(), 20, 60);
  pledge->committed += commitment->committed;
  begin(scene, commitment);
}

void sign_commitment_alone(Scene& scene, const Actor& donor) {
  const auto commitment = make_commitment(scene, donor.party, donor.currency);
  commitment->committed = scene.random.sum_around(kUsualCommitment) * 100;
  begin(scene, commitment);
}

}  // namespace tallinn::generator
