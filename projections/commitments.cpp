#include "projections/commitments.h"

#include <algorithm>
#include <array>
#include <set>

#include "projections/exceptions.h"
#include "projections/pledges.h"

namespace tallinn {
namespace {

Result<CommitmentRecord*> find_commitment(const Hearing& hearing, const Name& name) {
  CommitmentRecord* commitment = hearing.registered<CommitmentRecord>(name);
  if (commitment == nullptr)
    return unknown_reference("the commitment " + name.value(), "body.commitment");
  return commitment;
}

enum class CommitmentState : std::uint8_t { corrected, terminated, suspended, in_force };

CommitmentState state_of(const Hearing& hearing, const CommitmentRecord& commitment) {
  using enum CommitmentState;
  if (is_corrected(hearing, commitment.event)) return corrected;
  return commitment.terminated ? terminated : commitment.suspended ? suspended : in_force;
}

/// Refuses, with the state, unless it is one of `allowed`.
Result<void> check_state(const Hearing& hearing, const CommitmentRecord& commitment,
                         const Name& name, std::initializer_list<CommitmentState> allowed) {
  const CommitmentState state = state_of(hearing, commitment);
  if (std::ranges::find(allowed, state) != allowed.end()) return {};
  constexpr std::array<std::string_view, 4> kSpelled = {"corrected", "terminated", "suspended",
                                                        "signed"};
  return refuse(Code::invalid_transition,
                "the commitment " + name.value() + " is " +
                    std::string(kSpelled[static_cast<std::size_t>(state)]),
                "body.commitment");
}

Result<CommitmentRecord*> find_by_donor(const Hearing& hearing, const Name& name) {
  const auto commitment = find_commitment(hearing, name);
  if (!commitment) return commitment;
  if (auto author =
          expect_author(hearing, {&(*commitment)->donor}, {"the donor of commitment", name});
      !author)
    return std::unexpected(author.error());
  return commitment;
}

Year year_of(const When& when) {
  return Year(static_cast<std::uint16_t>(std::stoi(format_when(when).substr(0, 4))));
}

/// A receipt or refund of another party than the receiver waits until it is paid.
constexpr std::uint8_t kAwaitsPayment = 128;

std::string child_of(const PartyId& payee) {
  return "party/" + payee.value();
}

/// Was money disbursed to this party under the commitment, by a payment that counts?
bool paid_to(const Hearing& hearing, const Name& name, const PartyId& party) {
  bool found = false;
  const Bytes prefix = movement_prefix(aggregate_of<CommitmentRecord>(name.value()));
  hearing.records.views().scan(prefix, after_prefix(prefix), [&](BytesView, BytesView value) {
    const MovementGlance seen = glance_at(value);
    found = seen.kind == MovementKind::disbursed && seen.standing == MovementStanding::counts &&
            seen.child == child_of(party);
    return found ? ViewReader::Next::stop : ViewReader::Next::go_on;
  });
  return found;
}

/// Whom the donor disbursed money to, while it is still to be judged which payments are the
/// donor's.
std::set<std::string> paid_by_donor(Folding& folding, const CommitmentRecord& commitment,
                                    const Name& name) {
  std::set<std::string> out;
  for (const PlacedMovement& placed :
       movements_of(folding.views, aggregate_of<CommitmentRecord>(name.value()))) {
    const Movement& movement = placed.movement;
    if (movement.kind != MovementKind::disbursed || movement.standing != MovementStanding::counts ||
        movement.amount.currency != commitment.currency)
      continue;
    const auto* event = folding.records.find<EventRecord>(event_name(movement.event));
    const bool at_hand = movement.event == folding.event.id;
    if ((at_hand ? folding.event.author : event->author) == commitment.donor)
      out.insert(movement.child);
  }
  return out;
}

std::string payment_to(const PartyId& payee, const Name& name) {
  return "a payment to " + payee.value() + " under the commitment " + name.value();
}

/// A fact of money: who must have signed it, and in which currency, once the commitment is known.
/// Whom the money went to in the end, a payment says that may not be known yet.
Result<void> check_fact(const Hearing& hearing, const Name& name, const Money& value,
                        MovementKind kind) {
  const CommitmentRecord* commitment = hearing.registered<CommitmentRecord>(name);
  if (commitment == nullptr) return {};
  if (kind == MovementKind::disbursed)
    if (auto author =
            expect_author(hearing, {&commitment->donor}, {"the donor of commitment", name});
        !author)
      return author;
  return expect_currency(value, commitment->currency, {"the commitment", name}, "body.value");
}

void fold_fact(Folding& folding, const Name& name, Movement movement) {
  CommitmentRecord* commitment = folding.registered<CommitmentRecord>(name);
  if (commitment == nullptr) {
    move<CommitmentRecord>(folding, name, std::move(movement));
    return wait_for_reference(folding, "the commitment " + name.value());
  }
  const PartyId& author = folding.event.author;
  const bool paying = movement.kind == MovementKind::disbursed;
  if (!paying && author != commitment->receiver && !paid_to(folding, name, author)) {
    movement.event = folding.event.id;
    movement.standing = MovementStanding::awaits_payment;
    put_movement(folding, aggregate_of<CommitmentRecord>(name.value()), movement);
    commitment->open |= kAwaitsPayment;
    folding.save<CommitmentRecord>(name.value());
    return wait_for_reference(folding, payment_to(author, name));
  }
  const bool awaited = paying && (commitment->open & kAwaitsPayment) != 0 &&
                       movement.child != child_of(commitment->receiver);
  move<CommitmentRecord>(folding, name, std::move(movement));
  if (awaited) settle_funds(folding, name);
  follow_disbursement(folding, name);
}

bool is_fact(MovementKind kind) {
  return kind == MovementKind::disbursed || kind == MovementKind::received ||
         kind == MovementKind::refunded;
}

}  // namespace

void settle_funds(Folding& folding, const Name& name) {
  CommitmentRecord* commitment = folding.registered<CommitmentRecord>(name);
  if (commitment == nullptr) return;
  const std::set<std::string> paid = paid_by_donor(folding, *commitment, name);
  bool awaits = false;
  const auto judge = [&](const EventRecord& event, const Movement& movement) -> Verdict {
    if (!is_fact(movement.kind)) return {};
    const bool paying = movement.kind == MovementKind::disbursed;
    if (movement.amount.currency != commitment->currency)
      return {MovementStanding::unit_mismatch,
              "the currency differs from that of the commitment " + name.value()};
    if (paying) {
      if (event.author == commitment->donor) return {};
      return {MovementStanding::wrong_counterparty, "signed by " + event.author.value() +
                                                        ", the commitment " + name.value() +
                                                        " names " + commitment->donor.value()};
    }
    if (event.author == commitment->receiver || paid.contains(child_of(event.author))) return {};
    awaits = true;
    return {MovementStanding::awaits_payment,
            payment_to(event.author, name) + " is not known yet; this waits for it"};
  };
  settle_waiting(folding, aggregate_of<CommitmentRecord>(name.value()), {commitment->donor}, judge);
  if (awaits)
    commitment->open |= kAwaitsPayment;
  else
    commitment->open &= static_cast<std::uint8_t>(~kAwaitsPayment);
  sum_again<CommitmentRecord>(folding, name.value());
}

void apply(CommitmentRecord& commitment, const Movement& movement) {
  const std::int64_t minor = movement.amount.minor.value();
  switch (movement.kind) {
    case MovementKind::committed:
    case MovementKind::amended: commitment.committed = sum(commitment.committed, minor); break;
    case MovementKind::suspended: commitment.suspended = true; break;
    case MovementKind::resumed: commitment.suspended = false; break;
    case MovementKind::terminated: commitment.terminated = true; break;
    case MovementKind::disbursed: commitment.disbursed = sum(commitment.disbursed, minor); break;
    case MovementKind::received: commitment.received = sum(commitment.received, minor); break;
    case MovementKind::refunded: commitment.refunded = sum(commitment.refunded, minor); break;
    case MovementKind::drawn: commitment.drawn = sum(commitment.drawn, minor); break;
    case MovementKind::released:
    case MovementKind::cancelled: commitment.drawn = sum(commitment.drawn, -minor); break;
    default: break;
  }
}

void reset_sums(CommitmentRecord& commitment) {
  commitment.committed = commitment.disbursed = commitment.received = commitment.refunded =
      commitment.drawn = 0;
  commitment.suspended = commitment.terminated = false;
}

Result<void> check_draw(const Hearing& hearing, const CommitmentRecord& commitment,
                        const Name& name, std::int64_t minor) {
  const std::int64_t left = sum(commitment.committed, -commitment.drawn);
  if (minor > left)
    return refuse(Code::overdrawn,
                  "of the commitment " + name.value() + " " +
                      money_text(left, commitment.currency) + " is not allocated",
                  "body.value.amount");
  return check_state(hearing, commitment, name, {CommitmentState::in_force});
}

void follow_disbursement(Folding& folding, const Name& name) {
  CommitmentRecord* record = folding.registered<CommitmentRecord>(name);
  if (record == nullptr) return;
  const std::int64_t net = sum(record->disbursed, -record->refunded);
  const std::uint8_t before = record->open;
  follow_exception(
      folding, record->open, over_disbursed(*record), ExceptionCode::disbursed_exceeds_committed,
      name.value(), kOverDisbursed, {record->event, folding.event.id}, [&] {
        return money_text(net, record->currency) + " is disbursed of " +
               money_text(record->committed, record->currency) + " committed by " + name.value();
      });
  follow_exception(folding, record->open, over_paid(*record), ExceptionCode::exceeds_balance,
                   aggregate_of<CommitmentRecord>(name.value()), kOverPaid,
                   {record->event, folding.event.id}, [&] {
                     const std::string paid = money_text(record->disbursed, record->currency);
                     if (record->received > record->disbursed)
                       return money_text(record->received, record->currency) + " is received of " +
                              paid + " disbursed under " + name.value();
                     return money_text(record->refunded, record->currency) + " is refunded of " +
                            paid + " disbursed under " + name.value();
                   });
  if (record->open != before) folding.save<CommitmentRecord>(name.value());
}

Result<void> check(const Hearing& hearing, const CommitmentSigned& body) {
  if (auto author = expect_author(hearing, {&body.donor}, "the donor"); !author) return author;
  const PledgeRecord* pledge =
      body.pledge ? hearing.registered<PledgeRecord>(*body.pledge) : nullptr;
  if (pledge != nullptr)
    if (auto author =
            expect_author(hearing, {&pledge->donor}, {"the donor of pledge", *body.pledge});
        !author)
      return author;
  if (!hearing.party_known(body.receiver))
    return unknown_reference("the party " + body.receiver.value(), "body.receiver");
  if (body.pledge && pledge == nullptr)
    return unknown_reference("the pledge " + body.pledge->value(), "body.pledge");
  if (pledge != nullptr) {
    if (auto same = expect_currency(body.value, pledge->currency, {"the pledge", *body.pledge},
                                    "body.value");
        !same)
      return same;
    if (auto draw = check_draw(hearing, *pledge, *body.pledge, body.value.minor.value()); !draw)
      return draw;
  }
  if (const auto* commitment = hearing.registered<CommitmentRecord>(body.commitment))
    return check_state(hearing, *commitment, body.commitment, {});
  return {};
}

void fold(Folding& folding, const CommitmentSigned& body) {
  const bool waited = folding.find<CommitmentRecord>(body.commitment) != nullptr;
  CommitmentRecord& record =
      folding.records.find_or_make<CommitmentRecord>(body.commitment.value());
  record.registered = true;
  record.event = folding.event.id;
  record.pledge = body.pledge;
  record.donor = body.donor;
  record.receiver = body.receiver;
  record.currency = body.value.currency;
  record.year = year_of(folding.event.occurred);
  record.mode = body.mode;
  record.reference = body.agreement.reference;
  move<CommitmentRecord>(folding, body.commitment,
                         movement_of(MovementKind::committed, body.value));
  const std::string child = aggregate_of<CommitmentRecord>(body.commitment.value());
  if (body.pledge)
    move<PledgeRecord>(folding, *body.pledge,
                       movement_of(MovementKind::committed, body.value, child));
  else
    index_under_party(folding, body.donor, child);
  if (!waited) return;
  settle_funds(folding, body.commitment);
  follow_disbursement(folding, body.commitment);
}

Result<void> check(const Hearing& hearing, const CommitmentAmended& body) {
  const auto found = find_by_donor(hearing, body.commitment);
  if (!found) return std::unexpected(found.error());
  const CommitmentRecord& commitment = **found;
  const Named name("the commitment", body.commitment);
  if (auto same = expect_currency(body.change, commitment.currency, name, "body.change"); !same)
    return same;
  const std::int64_t change = body.change.minor.value();
  const std::int64_t after = sum(commitment.committed, change);
  if (after <= 0 && commitment.drawn == 0)
    return refuse(Code::overdrawn,
                  name.text() + " is of " + money_text(commitment.committed, commitment.currency) +
                      " and stays above zero",
                  "body.change.amount");
  if (after < commitment.drawn)
    return refuse(Code::overdrawn,
                  "of " + name.text() + " " + money_text(commitment.drawn, commitment.currency) +
                      " is allocated already",
                  "body.change.amount");
  if (auto bounded = expect_bounded(after, name, "body.change.amount"); !bounded) return bounded;
  if (change > 0 && commitment.pledge)
    if (const auto* pledge = hearing.registered<PledgeRecord>(*commitment.pledge))
      if (auto draw = check_draw(hearing, *pledge, *commitment.pledge, change); !draw) return draw;
  return check_state(hearing, commitment, body.commitment,
                     {CommitmentState::in_force, CommitmentState::suspended});
}

Result<void> admit(const Hearing& hearing, const CommitmentAmended& body) {
  const auto* commitment = hearing.registered<CommitmentRecord>(body.commitment);
  if (commitment == nullptr || body.change.minor.value() > 0) return {};
  const std::int64_t net = sum(commitment->disbursed, -commitment->refunded);
  if (net <= 0 || sum(commitment->committed, body.change.minor.value()) >= net) return {};
  return refuse(Code::overdrawn,
                "of the commitment " + body.commitment.value() + " " +
                    money_text(net, commitment->currency) + " is disbursed already",
                "body.change.amount");
}

void fold(Folding& folding, const CommitmentAmended& body) {
  move<CommitmentRecord>(folding, body.commitment, movement_of(MovementKind::amended, body.change));
  const auto* commitment = folding.find<CommitmentRecord>(body.commitment);
  if (commitment->pledge)
    move<PledgeRecord>(folding, *commitment->pledge,
                       movement_of(MovementKind::committed, body.change));
  follow_disbursement(folding, body.commitment);
}

Result<void> check(const Hearing& hearing, const CommitmentSuspended& body) {
  const auto found = find_by_donor(hearing, body.commitment);
  if (!found) return std::unexpected(found.error());
  return check_state(hearing, **found, body.commitment, {CommitmentState::in_force});
}

void fold(Folding& folding, const CommitmentSuspended& body) {
  move<CommitmentRecord>(folding, body.commitment, movement_of(MovementKind::suspended));
}

Result<void> check(const Hearing& hearing, const CommitmentResumed& body) {
  const auto found = find_by_donor(hearing, body.commitment);
  if (!found) return std::unexpected(found.error());
  return check_state(hearing, **found, body.commitment, {CommitmentState::suspended});
}

void fold(Folding& folding, const CommitmentResumed& body) {
  move<CommitmentRecord>(folding, body.commitment, movement_of(MovementKind::resumed));
}

Result<void> check(const Hearing& hearing, const CommitmentTerminated& body) {
  const auto found = find_by_donor(hearing, body.commitment);
  if (!found) return std::unexpected(found.error());
  return check_state(hearing, **found, body.commitment,
                     {CommitmentState::in_force, CommitmentState::suspended});
}

void fold(Folding& folding, const CommitmentTerminated& body) {
  move<CommitmentRecord>(folding, body.commitment, movement_of(MovementKind::terminated));
}

Result<void> check(const Hearing& hearing, const FundsDisbursed& body) {
  if (auto author = expect_author(hearing, {&body.payer}, "the payer"); !author) return author;
  return check_fact(hearing, body.commitment, body.value, MovementKind::disbursed);
}

void fold(Folding& folding, const FundsDisbursed& body) {
  fold_fact(folding, body.commitment,
            movement_of(MovementKind::disbursed, body.value, child_of(body.payee)));
}

Result<void> check(const Hearing& hearing, const FundsReceived& body) {
  if (auto author = expect_author(hearing, {&body.payee}, "the payee"); !author) return author;
  return check_fact(hearing, body.commitment, body.value, MovementKind::received);
}

void fold(Folding& folding, const FundsReceived& body) {
  fold_fact(folding, body.commitment, movement_of(MovementKind::received, body.value));
}

Result<void> check(const Hearing& hearing, const FundsRefunded& body) {
  return check_fact(hearing, body.commitment, body.value, MovementKind::refunded);
}

void fold(Folding& folding, const FundsRefunded& body) {
  fold_fact(folding, body.commitment, movement_of(MovementKind::refunded, body.value));
}

}  // namespace tallinn
