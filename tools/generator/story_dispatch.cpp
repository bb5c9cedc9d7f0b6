#include "tools/generator/stories.h"
#include "tools/generator/words.h"

namespace tallinn::generator {
namespace {

using AllocationPtr = std::shared_ptr<Allocation>;
using ConsignmentPtr = std::shared_ptr<Consignment>;

bool is_service(Unit unit) {
  return unit == Unit::IE || unit == Unit::HUR || unit == Unit::DAY || unit == Unit::MON;
}

ConsignmentPtr make_consignment(Scene& scene, const AllocationPtr& allocation,
                                std::int64_t quantity, std::int64_t value) {
  const Commitment& commitment = *allocation->commitment;
  auto consignment = std::make_shared<Consignment>();
  consignment->allocation = allocation;
  consignment->name = scene.fresh_name("D");
  consignment->unit = allocation->need->lines[allocation->line].unit;
  const bool own = commitment.mode == Mode::in_kind && scene.random.percent(40);
  consignment->deliverer =
      own && !is_service(consignment->unit) ? commitment.donor : commitment.implementer;
  consignment->quantity = quantity;
  consignment->value = value;
  allocation->sent_quantity += quantity;
  allocation->sent_value += value;
  ++allocation->under_way;
  return consignment;
}

std::vector<DispatchLine> lines_of(const Consignment& consignment) {
  return {{LineNumber(1), Quantity(consignment.quantity), consignment.unit,
           consignment.allocation->commitment->money(consignment.value)}};
}

void dispatch(Scene& scene, const Consignment& consignment, std::optional<OfficeRole> office,
              int days_ago, Expected expected) {
  Statement statement{.author = consignment.deliverer,
                      .body = ConsignmentDispatched{.consignment = consignment.name,
                                                    .allocation = consignment.allocation->name,
                                                    .lines = lines_of(consignment),
                                                    .carrier = std::nullopt,
                                                    .waybill = std::nullopt},
                      .office = office,
                      .expected = std::move(expected),
                      .days_ago = days_ago};
  if (scene.random.percent(30)) {
    const std::string_view place = scene.random.one_of(kPlaces);
    statement.withhold.push_back({Name("destination"), Tlp::amber_strict, Bytes(place)});
  }
  scene.give(std::move(statement));
}

/// The paper about the dispatch comes after the goods.
void dispatch_late(Scene& scene, const ConsignmentPtr& consignment) {
  const std::string exception = "receipt_without_dispatch/" + consignment->name.value();
  scene.give(
      {.author = consignment->allocation->need->recipient,
       .body = GoodsReceived{consignment->name,
                             {{LineNumber(1), Quantity(consignment->quantity), Condition::good}}},
       .expected = {.opens = {exception}}});
  consignment->received = consignment->quantity;
  scene.after(2, 9, [&scene, consignment, exception] {
    dispatch(scene, *consignment, std::nullopt, 20, {.ends = {exception}});
    scene.after(1, 9, [&scene, consignment] { accept_delivery(scene, consignment); });
  });
}

void render_service(Scene& scene, const ConsignmentPtr& consignment, Expected expected) {
  scene.give({.author = consignment->deliverer,
              .body = ServiceRendered{.consignment = consignment->name,
                                      .allocation = consignment->allocation->name,
                                      .lines = lines_of(*consignment),
                                      .from = Day(scene.today().value() - 7),
                                      .to = scene.today()},
              .office = std::nullopt,
              .expected = std::move(expected)});
  consignment->received = consignment->quantity;
  scene.after(2, 20, [&scene, consignment] { accept_delivery(scene, consignment); });
}

void set_out(Scene& scene, const ConsignmentPtr& consignment, Expected expected) {
  if (is_service(consignment->unit)) return render_service(scene, consignment, std::move(expected));
  if (expected.opens.empty() && scene.late()) return dispatch_late(scene, consignment);
  dispatch(scene, *consignment, std::nullopt, static_cast<int>(scene.random.between(0, 2)),
           std::move(expected));
  scene.after(3, 21, [&scene, consignment] { receive_goods(scene, consignment); });
}

}  // namespace

void send_consignment(Scene& scene, const AllocationPtr& allocation) {
  --allocation->to_send;
  const std::int64_t quantity_left = allocation->quantity - allocation->sent_quantity;
  const std::int64_t value_left = allocation->value - allocation->sent_value;
  if (quantity_left <= 0 || value_left <= 0) {
    ++allocation->under_way;
    return complete_consignment(scene, allocation);
  }
  const bool last = allocation->to_send == 0;
  const std::int64_t quantity = last ? quantity_left : scene.random.part_of(quantity_left, 30, 70);
  std::int64_t value =
      last && scene.random.percent(80) ? value_left : scene.random.part_of(value_left, 30, 80);
  Expected expected;
  if (last && scene.mistaken()) {  // dearer than what was allocated
    value = value_left + scene.random.part_of(allocation->value, 1, 20);
    expected.opens.push_back("dispatched_exceeds_allocated/" + allocation->name.value());
    resolve(scene, expected.opens.front());
  }
  set_out(scene, make_consignment(scene, allocation, quantity, value), std::move(expected));
}

void send_cancelled(Scene& scene, const AllocationPtr& allocation) {
  const auto consignment =
      make_consignment(scene, allocation, allocation->quantity, allocation->value);
  const std::string exception = "dispatch_on_cancelled_allocation/" + consignment->name.value();
  resolve(scene, exception);
  if (is_service(consignment->unit))
    return render_service(scene, consignment, {.opens = {exception}});
  dispatch(scene, *consignment, OfficeRole::front, 0, {.opens = {exception}});
  scene.after(3, 21, [&scene, consignment] { receive_goods(scene, consignment); });
}

}  // namespace tallinn::generator
