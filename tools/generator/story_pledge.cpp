#include "tools/generator/stories.h"

namespace tallinn::generator {
namespace {

using PledgePtr = std::shared_ptr<Pledge>;

constexpr std::int64_t kUsualPledge = 400'000;  // in major units of two decimals

void amend_pledge(Scene& scene, const PledgePtr& pledge) {
  if (pledge->over) return;
  const bool less = scene.random.percent(40) && pledge->left() > 1;
  const std::int64_t change = less ? -scene.random.part_of(pledge->left() - 1, 10, 60)
                                   : scene.random.part_of(pledge->pledged, 5, 40);
  pledge->pledged += change;
  scene.give({.author = pledge->donor,
              .body = PledgeAmended{pledge->name, pledge->money(change), scene.reason()},
              .office = OfficeRole::back});
}

/// What nobody commits any more.
void end_pledge(Scene& scene, const PledgePtr& pledge) {
  if (pledge->over || pledge->to_sign > 0 || pledge->left() == 0) return;
  pledge->over = true;
  if (scene.random.percent(50))
    scene.give({.author = pledge->donor,
                .body = PledgeWithdrawn{pledge->name, scene.reason()},
                .office = OfficeRole::back});
  else
    scene.give({.author = scene.cast.back.party,
                .body = PledgeLapsed{pledge->name, scene.reason()},
                .office = OfficeRole::back});
}

/// What the rules refuse about a pledge.
void try_in_vain(Scene& scene, const Pledge& pledge) {
  const auto refuse_as = [&](Code code, PartyId author, Body body) {
    scene.give({.author = std::move(author),
                .body = std::move(body),
                .office = OfficeRole::back,
                .expected = {.refused = code}});
  };
  switch (scene.random.between(1, 4)) {
    case 1:
      return refuse_as(Code::unknown_reference, pledge.donor,
                       PledgeAmended{scene.fresh_name("NO"), pledge.money(100), scene.reason()});
    case 2:
      return refuse_as(Code::unauthorised, scene.cast.implementers.front().party,
                       PledgeWithdrawn{pledge.name, scene.reason()});
    case 3:
      return refuse_as(Code::invalid_transition, pledge.donor,
                       PledgeAnnounced{pledge.name,
                                       pledge.donor,
                                       Year(scene.year()),
                                       pledge.money(100),
                                       "Announced again",
                                       {"Press release", {}, {}},
                                       {}});
    default:
      return refuse_as(Code::overdrawn, pledge.donor,
                       CommitmentSigned{scene.fresh_name("C"),
                                        pledge.name,
                                        pledge.donor,
                                        scene.any_implementer().party,
                                        pledge.money(pledge.left() + 1),
                                        Mode::cash,
                                        {"Too much", {}}});
  }
}

}  // namespace

void announce_pledge(Scene& scene) {
  const Actor& donor = scene.any_donor();
  auto pledge = std::make_shared<Pledge>();
  pledge->name = scene.fresh_name(donor.party.value());
  pledge->donor = donor.party;
  pledge->currency = donor.currency;
  pledge->day = scene.today();
  pledge->pledged = scene.random.sum_around(kUsualPledge) * 100;
  scene.give({.author = donor.party,
              .body = PledgeAnnounced{.pledge = pledge->name,
                                      .donor = donor.party,
                                      .year = Year(scene.year()),
                                      .value = pledge->money(pledge->pledged),
                                      .purpose = "Civilian cyber support",
                                      .source = {"Decision of the government", {}, {}},
                                      .expires = std::nullopt},
              .office = OfficeRole::back,
              .days_ago = static_cast<int>(scene.random.between(0, 3))});
  if (scene.refused()) try_in_vain(scene, *pledge);
  pledge->to_sign = static_cast<unsigned>(scene.random.between(1, 4));
  for (unsigned i = 0; i < pledge->to_sign; ++i)
    scene.after(10, 120, [&scene, pledge] { sign_commitment(scene, pledge); });
  if (scene.random.percent(15))
    scene.after(10, 120, [&scene, &donor] { sign_commitment_alone(scene, donor); });
  if (scene.random.percent(15))
    scene.after(30, 200, [&scene, pledge] { amend_pledge(scene, pledge); });
  if (scene.random.percent(25)) scene.after(250, 320, [&scene, pledge] { attest(scene, pledge); });
  if (scene.random.percent(25))
    scene.after(300, 420, [&scene, pledge] { end_pledge(scene, pledge); });
}

}  // namespace tallinn::generator
