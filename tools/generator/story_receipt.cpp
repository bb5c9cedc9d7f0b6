#include <algorithm>

#include "events/uuid.h"
#include "tools/generator/stories.h"

namespace tallinn::generator {
namespace {

using ConsignmentPtr = std::shared_ptr<Consignment>;

std::vector<CountLine> count(std::int64_t quantity) {
  return {{LineNumber(1), Quantity(quantity)}};
}

const PartyId& recipient_of(const Consignment& consignment) {
  return consignment.allocation->need->recipient;
}

GoodsReceived receipt_of(const Consignment& consignment, std::int64_t quantity,
                         std::int64_t damaged) {
  GoodsReceived body{consignment.name, {}};
  const auto add = [&](std::int64_t some, Condition condition) {
    if (some > 0) body.lines.push_back({LineNumber(1), Quantity(some), condition});
  };
  add(quantity - damaged, Condition::good);
  add(damaged, Condition::damaged);
  return body;
}

/// The recipient counts, or the front office does; nearly always told in Kyiv.
Statement receipt(Scene& scene, const Consignment& consignment, GoodsReceived body) {
  return {.author = scene.random.percent(70) ? recipient_of(consignment) : scene.cast.front.party,
          .body = std::move(body),
          .office = scene.random.percent(85) ? OfficeRole::front : OfficeRole::back};
}

/// Answers whether that is so; a mistake is taken back within 20 days.
bool lose_on_the_way(Scene& scene, const ConsignmentPtr& consignment) {
  consignment->lost = scene.random.part_of(consignment->quantity, 5, 100);
  const Uuid id = scene.give({.author = consignment->deliverer,
                              .body = LossReported{consignment->name, count(consignment->lost),
                                                   "Destroyed on the way", scene.today()}});
  if (!scene.mistaken()) return true;
  consignment->lost = 0;
  take_back(scene, consignment->deliverer, id, ErrorReason::did_not_occur);
  return false;
}

/// More is written down than was sent; set right before anything else is said.
void receive_too_much(Scene& scene, const ConsignmentPtr& consignment, std::int64_t quantity,
                      Step then) {
  const std::string exception = "received_exceeds_dispatched/" + consignment->name.value();
  const std::int64_t sent_and_here = consignment->quantity;
  Statement wrong = receipt(scene, *consignment, receipt_of(*consignment, sent_and_here + 1, 0));
  wrong.expected.opens.push_back(exception);
  const PartyId author = wrong.author;
  const Uuid id = scene.give(std::move(wrong));
  correct(scene, {author, id, receipt_of(*consignment, quantity, 0), {.ends = {exception}}},
          std::move(then));
}

void receive_part(Scene& scene, const ConsignmentPtr& consignment, bool may_err) {
  const std::int64_t coming = consignment->quantity - consignment->lost - consignment->received;
  if (coming <= 0) {
    if (consignment->received > 0) return accept_delivery(scene, consignment);
    return complete_consignment(scene, consignment->allocation);
  }
  const std::int64_t quantity =
      scene.random.percent(75) ? coming : scene.random.part_of(coming, 20, 80);
  consignment->received += quantity;
  const auto next = [&scene, consignment] {
    scene.after(2, 12, [&scene, consignment] { receive_part(scene, consignment, false); });
  };
  if (may_err && scene.mistaken()) return receive_too_much(scene, consignment, quantity, next);
  const std::int64_t damaged = scene.random.percent(8) ? scene.random.part_of(quantity, 1, 30) : 0;
  consignment->damaged += damaged;
  const Uuid id =
      scene.give(receipt(scene, *consignment, receipt_of(*consignment, quantity, damaged)));
  if (scene.random.percent(2)) dispute(scene, consignment->deliverer, id);
  next();
}

void reject_damaged(Scene& scene, const ConsignmentPtr& consignment) {
  scene.give({.author = recipient_of(*consignment),
              .body = DeliveryRejected{consignment->name, count(consignment->damaged), "Damaged"}});
  scene.after(5, 25, [&scene, consignment] {
    scene.give({.author = recipient_of(*consignment),
                .body = ConsignmentReturned{consignment->name, count(consignment->damaged),
                                            "Damaged, to be repaired", scene.today()}});
  });
}

void value_goods(Scene& scene, const Consignment& consignment) {
  Statement statement{
      .author = scene.random.percent(50) ? consignment.deliverer
                                         : consignment.allocation->commitment->donor,
      .body = ValuationRecorded{consignment.name, LineNumber(1),
                                consignment.allocation->commitment->money(
                                    scene.random.part_of(consignment.value, 60, 100)),
                                static_cast<ValuationBasis>(scene.random.between(1, 5)),
                                "Invoice on file"}};
  if (scene.mistaken()) {
    std::get<ValuationRecorded>(statement.body).evidence.reset();
    statement.papers = Statement::Papers::none;
    statement.id = scene.fresh_id();
    statement.expected.opens.push_back("undocumented_valuation/" + format_uuid(*statement.id));
    if (scene.random.percent(50)) resolve(scene, statement.expected.opens.front());
  }
  scene.give(std::move(statement));
}

void place_in_service(Scene& scene, const ConsignmentPtr& consignment) {
  if (scene.random.percent(85))
    scene.give(
        {.author = recipient_of(*consignment),
         .body = PlacedInService{
             consignment->name,
             count(scene.random.percent(80) ? consignment->accepted
                                            : scene.random.part_of(consignment->accepted, 20, 90)),
             scene.today()}});
  if (scene.random.percent(20))
    scene.after(20, 90, [&scene, consignment] {
      scene.give({.author = scene.cast.monitor.party,
                  .body = EndUseChecked{consignment->name, count(consignment->accepted),
                                        static_cast<CheckMethod>(scene.random.between(1, 4)),
                                        "In use as agreed"}});
    });
  if (scene.random.percent(12))
    scene.after(5, 60, [&scene, consignment] { value_goods(scene, *consignment); });
  if (scene.random.percent(3))
    scene.after(30, 200, [&scene, consignment] {
      scene.give({.author = recipient_of(*consignment),
                  .body = LossReported{consignment->name, count(1), "Lost in a missile strike",
                                       scene.today()}});
    });
  complete_consignment(scene, consignment->allocation);
}

}  // namespace

void receive_goods(Scene& scene, const ConsignmentPtr& consignment) {
  if (scene.random.percent(4) && !lose_on_the_way(scene, consignment))
    return scene.after(20, 25, [&scene, consignment] { receive_part(scene, consignment, true); });
  receive_part(scene, consignment, consignment->lost == 0);
}

void accept_delivery(Scene& scene, const ConsignmentPtr& consignment) {
  if (consignment->damaged > 0) reject_damaged(scene, consignment);
  const std::int64_t fit = consignment->received - consignment->damaged;
  if (fit <= 0) return complete_consignment(scene, consignment->allocation);
  std::int64_t accepted = scene.random.percent(93) ? fit : scene.random.part_of(fit, 30, 90);
  Expected expected;
  if (scene.mistaken()) {  // one more than came
    accepted = consignment->received + 1;
    expected.opens.push_back("accepted_exceeds_received/" + consignment->name.value());
    resolve(scene, expected.opens.front());
  }
  consignment->accepted = accepted;
  const std::int64_t value = std::max<std::int64_t>(
      1, consignment->value / consignment->quantity * std::min(accepted, consignment->quantity));
  scene.give({.author = recipient_of(*consignment),
              .body = DeliveryAccepted{consignment->name,
                                       {{LineNumber(1), Quantity(accepted),
                                         consignment->allocation->commitment->money(value)}},
                                       {"Act " + consignment->name.value(), scene.today(),
                                        Digest{scene.random.bytes<32>()}}},
              .cosigners = {consignment->deliverer},
              .expected = std::move(expected)});
  scene.after(3, 40, [&scene, consignment] { place_in_service(scene, consignment); });
}

}  // namespace tallinn::generator
