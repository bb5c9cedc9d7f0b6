#include "projections/needs.h"

#include <algorithm>
#include <map>
#include <set>

#include "events/assert.h"
#include "projections/allocations.h"
#include "projections/exceptions.h"

namespace tallinn {
namespace {

Result<NeedRecord*> find_need(const Hearing& hearing, const Name& name) {
  NeedRecord* need = hearing.registered<NeedRecord>(name);
  if (need == nullptr) return unknown_reference("the need " + name.value(), "body.need");
  return need;
}

Result<void> check_lines(const std::vector<NeedLine>& lines) {
  std::set<LineNumber> numbers;
  for (const NeedLine& line : lines)
    if (!numbers.insert(line.line).second)
      return refuse(Code::invalid_value,
                    "line " + std::to_string(line.line.value()) + " stands twice", "body.lines");
  return {};
}

Result<void> check_state(const Hearing& hearing, const NeedRecord& need, const Name& name,
                         std::initializer_list<NeedState> allowed) {
  const bool corrected = is_corrected(hearing, need.event);
  if (!corrected && std::ranges::find(allowed, need.state) != allowed.end()) return {};
  return refuse(Code::invalid_transition,
                "the need " + name.value() + " is " +
                    std::string(corrected ? "corrected" : spell(need.state)),
                "body.need");
}

Result<void> check_by_recipient(const Hearing& hearing, const Name& name,
                                std::initializer_list<NeedState> allowed) {
  const auto need = find_need(hearing, name);
  if (!need) return std::unexpected(need.error());
  if (auto author = expect_author(hearing, {&(*need)->recipient}, {"the recipient of need", name});
      !author)
    return author;
  return check_state(hearing, **need, name, allowed);
}

Result<void> check_by_coordinator(const Hearing& hearing, const Name& name) {
  const auto need = find_need(hearing, name);
  if (!need) return std::unexpected(need.error());
  return check_state(hearing, **need, name, {NeedState::registered});
}

/// The name of the allocation that a movement tells of.
std::string allocation_in(const Movement& movement) {
  return movement.child.substr(AllocationRecord::kPrefix.size());
}

/// Nothing where the need has no such line any more.
void add_to_line(NeedRecord& need, LineNumber number, std::int64_t quantity) {
  const auto line = std::ranges::find_if(
      need.lines, [&](const NeedLineRecord& l) { return l.line.line == number; });
  if (line != need.lines.end()) line->allocated_quantity = sum(line->allocated_quantity, quantity);
}

bool says_lines(MovementKind kind) {
  return kind == MovementKind::registered || kind == MovementKind::revised;
}

std::string line_text(LineNumber line, const Name& need) {
  return "line " + std::to_string(line.value()) + " of need " + need.value();
}

std::map<LineNumber, Unit> units_of(const NeedRecord& need) {
  std::map<LineNumber, Unit> out;
  for (const NeedLineRecord& line : need.lines) out.emplace(line.line.line, line.line.unit);
  return out;
}

/// Lines with an allocation that stands.
std::set<LineNumber> allocated_lines(const Hearing& hearing, const Name& need) {
  std::set<LineNumber> out;
  for (const PlacedMovement& placed :
       movements_of(hearing.records.views(), aggregate_of<NeedRecord>(need.value()))) {
    if (placed.movement.kind != MovementKind::drawn ||
        placed.movement.standing != MovementStanding::counts)
      continue;
    const auto* allocation = hearing.records.find<AllocationRecord>(allocation_in(placed.movement));
    if (allocation != nullptr && !allocation->cancelled) out.insert(allocation->line);
  }
  return out;
}

/// The event at hand says what the need asks for: a movement, and the lines beside it.
void say_lines(Folding& folding, const Name& name, MovementKind kind,
               const std::vector<NeedLine>& lines) {
  folding.views.put_new(need_lines_key(name.value(), folding.position),
                        encode_record(NeedLinesRecord{lines}));
  Movement movement = movement_of(kind);
  movement.event = folding.event.id;
  put_movement(folding, aggregate_of<NeedRecord>(name.value()), movement);
  sum_again<NeedRecord>(folding, name.value());
}

}  // namespace

void choose_lines(ViewReader& views, std::string_view name, NeedRecord& need,
                  const std::vector<PlacedMovement>& movements) {
  need.lines.clear();
  for (auto placed = movements.rbegin(); placed != movements.rend(); ++placed) {
    if (!says_lines(placed->movement.kind) || placed->movement.standing != MovementStanding::counts)
      continue;
    const auto bytes = views.get(need_lines_key(name, placed->position));
    TALLINN_ASSERT(bytes.has_value());
    for (NeedLine& line : decode_record<NeedLinesRecord>(*bytes).lines)
      need.lines.push_back({.line = std::move(line), .allocated_quantity = 0});
    break;
  }
  for (const PlacedMovement& placed : movements) {
    if (placed.movement.kind != MovementKind::drawn) continue;
    const auto allocation = read_record<AllocationRecord>(views, allocation_in(placed.movement));
    if (allocation) add_to_line(need, allocation->line, allocation->covers);
  }
}

bool need_is_over(const NeedRecord& need) {
  return need.state == NeedState::rejected || need.state == NeedState::withdrawn ||
         need.state == NeedState::closed;
}

const NeedLineRecord* line_of(const NeedRecord& need, LineNumber line) {
  const auto found = std::ranges::find_if(
      need.lines, [&](const NeedLineRecord& l) { return l.line.line == line; });
  return found == need.lines.end() ? nullptr : &*found;
}

void apply(NeedRecord& need, const Movement& movement) {
  switch (movement.kind) {
    case MovementKind::registered: need.state = NeedState::registered; break;
    case MovementKind::endorsed: need.state = NeedState::endorsed; break;
    case MovementKind::rejected: need.state = NeedState::rejected; break;
    case MovementKind::withdrawn: need.state = NeedState::withdrawn; break;
    case MovementKind::closed: need.state = NeedState::closed; break;
    default: break;
  }
}

void reset_sums(NeedRecord& need) {
  need.state = NeedState::registered;
}

void cover_line(Folding& folding, const Name& name, LineNumber line, std::int64_t change) {
  add_to_line(*folding.find<NeedRecord>(name), line, change);
  folding.save<NeedRecord>(name.value());
  follow_coverage(folding, name);
}

void follow_coverage(Folding& folding, const Name& name) {
  NeedRecord* need = folding.registered<NeedRecord>(name);
  if (need == nullptr) return;
  const std::uint8_t before = need->open;
  const auto over = std::ranges::find_if(need->lines, over_allocated);
  follow_exception(
      folding, need->open, over != need->lines.end(), ExceptionCode::over_allocated_need,
      name.value(), kOverAllocated, {need->event, folding.event.id}, [&] {
        return "line " + std::to_string(over->line.line.value()) + " of need " + name.value() +
               " asks for " + std::to_string(over->line.quantity.value()) + ", " +
               std::to_string(over->allocated_quantity) + " are allocated";
      });
  if (need->open != before) folding.save<NeedRecord>(name.value());
}

void follow_allocations(Folding& folding, const Name& name) {
  for (const PlacedMovement& placed :
       movements_of(folding.views, aggregate_of<NeedRecord>(name.value())))
    if (placed.movement.kind == MovementKind::drawn &&
        placed.movement.standing == MovementStanding::counts)
      follow_need_state(folding, Name(allocation_in(placed.movement)));
}

Result<void> check(const Hearing& hearing, const NeedRegistered& body) {
  if (auto author = expect_author(hearing, {&body.recipient}, "the recipient"); !author)
    return author;
  if (auto lines = check_lines(body.lines); !lines) return lines;
  if (const auto* need = hearing.registered<NeedRecord>(body.need))
    return check_state(hearing, *need, body.need, {});
  return {};
}

void fold(Folding& folding, const NeedRegistered& body) {
  NeedRecord* waiting = folding.find<NeedRecord>(body.need);
  NeedRecord& need = folding.records.find_or_make<NeedRecord>(body.need.value());
  need.registered = true;
  need.event = folding.event.id;
  need.title = body.title;
  need.kind = body.kind;
  need.sector = body.sector;
  need.recipient = body.recipient;
  need.needed_by = body.needed_by;
  need.urgency = body.urgency;
  say_lines(folding, body.need, MovementKind::registered, body.lines);
  if (waiting == nullptr) return;
  for (const PlacedMovement& placed :
       movements_of(folding.views, aggregate_of<NeedRecord>(body.need.value())))
    if (placed.movement.kind == MovementKind::drawn)
      give_recipient(folding, Name(allocation_in(placed.movement)), body.recipient);
  follow_coverage(folding, body.need);
}

void follow_goods(Folding& folding, const Name& name) {
  for (const PlacedMovement& placed :
       movements_of(folding.views, aggregate_of<NeedRecord>(name.value())))
    if (placed.movement.kind == MovementKind::drawn)
      follow_consignments(folding, Name(allocation_in(placed.movement)));
}

Result<void> check(const Hearing& hearing, const NeedRevised& body) {
  auto state = check_by_recipient(hearing, body.need, {NeedState::registered, NeedState::endorsed});
  if (!state && state.error().code != Code::invalid_transition) return state;
  if (auto lines = check_lines(body.lines); !lines) return lines;
  return state;
}

Result<void> admit(const Hearing& hearing, const NeedRevised& body) {
  const auto* need = hearing.registered<NeedRecord>(body.need);
  if (need == nullptr) return {};
  const auto allocated = allocated_lines(hearing, body.need);
  const auto is_kept = [&](const NeedLineRecord& line) {
    return !allocated.contains(line.line.line) ||
           std::ranges::find(body.lines, line.line.line, &NeedLine::line) != body.lines.end();
  };
  for (std::size_t i = 0; i < body.lines.size(); ++i) {
    const NeedLine& line = body.lines[i];
    const NeedLineRecord* before = line_of(*need, line.line);
    if (before != nullptr && before->line.unit != line.unit && allocated.contains(line.line))
      return refuse(Code::invalid_value,
                    line_text(line.line, body.need) + " has allocations in its unit, " +
                        std::string(spell(before->line.unit)),
                    "body.lines[" + std::to_string(i) + "].unit");
  }
  const auto dropped = std::ranges::find_if_not(need->lines, is_kept);
  if (dropped == need->lines.end()) return {};
  return refuse(Code::invalid_transition,
                line_text(dropped->line.line, body.need) + " has allocations and cannot be dropped",
                "body.lines");
}

void fold(Folding& folding, const NeedRevised& body) {
  const auto before = units_of(*folding.find<NeedRecord>(body.need));
  say_lines(folding, body.need, MovementKind::revised, body.lines);
  follow_coverage(folding, body.need);
  if (before != units_of(*folding.find<NeedRecord>(body.need))) follow_goods(folding, body.need);
}

Result<void> check(const Hearing& hearing, const NeedEndorsed& body) {
  return check_by_coordinator(hearing, body.need);
}

void fold(Folding& folding, const NeedEndorsed& body) {
  folding.find<NeedRecord>(body.need)->priority = body.priority;
  move<NeedRecord>(folding, body.need, movement_of(MovementKind::endorsed));
}

Result<void> check(const Hearing& hearing, const NeedRejected& body) {
  return check_by_coordinator(hearing, body.need);
}

void fold(Folding& folding, const NeedRejected& body) {
  move<NeedRecord>(folding, body.need, movement_of(MovementKind::rejected));
  follow_allocations(folding, body.need);
}

Result<void> check(const Hearing& hearing, const NeedWithdrawn& body) {
  return check_by_recipient(hearing, body.need, {NeedState::registered, NeedState::endorsed});
}

void fold(Folding& folding, const NeedWithdrawn& body) {
  move<NeedRecord>(folding, body.need, movement_of(MovementKind::withdrawn));
  follow_allocations(folding, body.need);
}

Result<void> check(const Hearing& hearing, const NeedClosed& body) {
  const auto need = find_need(hearing, body.need);
  if (!need) return std::unexpected(need.error());
  const PartyId front = hearing.office_party_in(OfficeRole::front);
  if (!hearing.signed_by((*need)->recipient, roles_of(Role::need)) ||
      !hearing.signed_by(front, roles_of(Role::allocate)))
    return refuse(
        Code::unauthorised,
        "this is for the recipient of need " + body.need.value() + " and the front office to sign",
        "signatures");
  return check_state(hearing, **need, body.need, {NeedState::endorsed});
}

void fold(Folding& folding, const NeedClosed& body) {
  folding.find<NeedRecord>(body.need)->outcome = body.outcome;
  move<NeedRecord>(folding, body.need, movement_of(MovementKind::closed));
}

}  // namespace tallinn
