#include "events/uuid.h"
#include "tools/generator/stories.h"
#include "tools/generator/words.h"

namespace tallinn::generator {
namespace {

/// By both offices, at either one, once both know what it is about.
void settle_together(Scene& scene, Body body, Expected expected) {
  scene.give({.author = scene.cast.back.party,
              .body = std::move(body),
              .cosigners = {scene.cast.front.party},
              .expected = std::move(expected)});
}

}  // namespace

void correct(Scene& scene, Correction correction, Step then) {
  scene.after(1, 12, [&scene, correction = std::move(correction), then = std::move(then)] {
    const Uuid replacement = scene.fresh_id();
    const Uuid declared = scene.fresh_id();
    const std::string exception = "unknown_reference/" + format_uuid(declared);
    Expected expected = correction.on_declaring;
    expected.opens.push_back(exception);
    scene.give({.author = correction.author,
                .body = ErrorDeclared{correction.event, ErrorReason::incorrect_data, {replacement}},
                .expected = std::move(expected),
                .id = declared});
    scene.after(1, 1, [&scene, correction, then, replacement, exception] {
      scene.give({.author = correction.author,
                  .body = correction.right,
                  .expected = {.ends = {exception}},
                  .id = replacement});
      then();
    });
  });
}

void take_back(Scene& scene, const PartyId& author, const Uuid& event, ErrorReason reason) {
  scene.after(1, 20, [&scene, author, event, reason] {
    scene.give({.author = author, .body = ErrorDeclared{event, reason, {}}});
  });
}

void resolve(Scene& scene, std::string exception) {
  scene.after_meeting(10, 90, [&scene, exception = std::move(exception)] {
    settle_together(scene, ExceptionResolved{exception, "accepted", "Looked at by both offices"},
                    {.resolves = {exception}});
  });
}

void dispute(Scene& scene, const PartyId& by, const Uuid& event) {
  scene.after_meeting(5, 30, [&scene, by, event] {
    const Uuid raised =
        scene.give({.author = by, .body = DisputeRaised{event, "The figure is not ours"}});
    scene.after_meeting(10, 60, [&scene, raised] {
      settle_together(scene, DisputeResolved{raised, "The figure stands"}, {});
    });
  });
}

void audit(Scene& scene, const std::shared_ptr<Commitment>& commitment) {
  const Name finding = scene.fresh_name("F");
  scene.give({.author = scene.cast.auditor.party,
              .body = AuditFindingRecorded{finding,
                                           static_cast<Severity>(scene.random.between(1, 3)),
                                           commitment->implementer,
                                           {commitment->event},
                                           "Papers of the agreement are incomplete"}});
  scene.after_meeting(10, 60, [&scene, commitment, finding] {
    scene.give({.author = commitment->implementer,
                .body = ManagementResponseRecorded{finding, "The papers were handed in later"}});
  });
}

void attest(Scene& scene, const std::shared_ptr<Pledge>& pledge) {
  scene.give(
      {.author = pledge->donor,
       .body = ReconciliationAttested{.party = pledge->donor,
                                      .from = pledge->day,
                                      .to = scene.today(),
                                      .agrees = scene.random.percent(90),
                                      .figures = {{Rung::pledged, pledge->money(pledge->pledged)}},
                                      .text = std::nullopt}});
}

void record_rates(Scene& scene) {
  for (const char* code : {"USD", "GBP", "PLN", "SEK"})
    scene.give({.author = scene.cast.back.party,
                .body =
                    ExchangeRateRecorded{
                        parse_currency("EUR").value(), parse_currency(code).value(),
                        DecimalRate("1." + std::to_string(scene.random.between(100, 999)) + "1"),
                        scene.today(), "European Central Bank"},
                .office = OfficeRole::back});
  scene.after(30, 31, [&scene] { record_rates(scene); });
}

}  // namespace tallinn::generator
