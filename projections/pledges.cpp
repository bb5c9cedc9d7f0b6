#include "projections/pledges.h"

#include "projections/exceptions.h"

namespace tallinn {
namespace {

Result<PledgeRecord*> find_pledge(const Hearing& hearing, const Name& name) {
  PledgeRecord* pledge = hearing.registered<PledgeRecord>(name);
  if (pledge == nullptr) return unknown_reference("the pledge " + name.value(), "body.pledge");
  return pledge;
}

Result<void> check_announced(const Hearing& hearing, const PledgeRecord& pledge, const Name& name) {
  const bool corrected = is_corrected(hearing, pledge.event);
  if (pledge.state == PledgeState::announced && !corrected) return {};
  return refuse(Code::invalid_transition,
                "the pledge " + name.value() + " is " +
                    std::string(corrected ? "corrected" : spell(pledge.state)),
                "body.pledge");
}

}  // namespace

void apply(PledgeRecord& pledge, const Movement& movement) {
  const std::int64_t minor = movement.amount.minor.value();
  switch (movement.kind) {
    case MovementKind::registered:
    case MovementKind::amended: pledge.pledged = sum(pledge.pledged, minor); break;
    case MovementKind::committed: pledge.committed = sum(pledge.committed, minor); break;
    case MovementKind::withdrawn: pledge.state = PledgeState::withdrawn; break;
    case MovementKind::lapsed: pledge.state = PledgeState::lapsed; break;
    default: break;
  }
}

void reset_sums(PledgeRecord& pledge) {
  pledge.pledged = pledge.committed = 0;
  pledge.state = PledgeState::announced;
}

Result<void> check_draw(const Hearing& hearing, const PledgeRecord& pledge, const Name& name,
                        std::int64_t minor) {
  const std::int64_t left = sum(pledge.pledged, -pledge.committed);
  if (minor > left)
    return refuse(Code::overdrawn,
                  "of the pledge " + name.value() + " " + money_text(left, pledge.currency) +
                      " is not committed",
                  "body.value.amount");
  return check_announced(hearing, pledge, name);
}

Result<void> check(const Hearing& hearing, const PledgeAnnounced& body) {
  if (auto author = expect_author(hearing, {&body.donor}, "the donor"); !author) return author;
  if (hearing.registered<PledgeRecord>(body.pledge))
    return refuse(Code::invalid_transition,
                  "the pledge " + body.pledge.value() + " is announced already", "body.pledge");
  return {};
}

void fold(Folding& folding, const PledgeAnnounced& body) {
  folding.records.find_or_make<PledgeRecord>(body.pledge.value()) = {
      .registered = true,
      .event = folding.event.id,
      .donor = body.donor,
      .year = body.year,
      .currency = body.value.currency,
      .purpose = body.purpose,
      .source = body.source,
      .expires = body.expires,
      .state = PledgeState::announced,
      .pledged = 0,
      .committed = 0};
  move<PledgeRecord>(folding, body.pledge, movement_of(MovementKind::registered, body.value));
  index_under_party(folding, body.donor, aggregate_of<PledgeRecord>(body.pledge.value()));
}

Result<void> check(const Hearing& hearing, const PledgeAmended& body) {
  const auto pledge = find_pledge(hearing, body.pledge);
  if (!pledge) return std::unexpected(pledge.error());
  const Named name("the pledge", body.pledge);
  if (auto author =
          expect_author(hearing, {&(*pledge)->donor}, {"the donor of pledge", body.pledge});
      !author)
    return author;
  if (auto same = expect_currency(body.change, (*pledge)->currency, name, "body.change"); !same)
    return same;
  const std::int64_t after = sum((*pledge)->pledged, body.change.minor.value());
  if (after <= 0 && (*pledge)->committed == 0)
    return refuse(Code::overdrawn,
                  name.text() + " is of " + money_text((*pledge)->pledged, (*pledge)->currency) +
                      " and stays above zero",
                  "body.change.amount");
  if (after < (*pledge)->committed)
    return refuse(Code::overdrawn,
                  "of " + name.text() + " " +
                      money_text((*pledge)->committed, (*pledge)->currency) +
                      " is committed already",
                  "body.change.amount");
  if (auto bounded = expect_bounded(after, name, "body.change.amount"); !bounded) return bounded;
  return check_announced(hearing, **pledge, body.pledge);
}

void fold(Folding& folding, const PledgeAmended& body) {
  move<PledgeRecord>(folding, body.pledge, movement_of(MovementKind::amended, body.change));
}

Result<void> check(const Hearing& hearing, const PledgeWithdrawn& body) {
  const auto pledge = find_pledge(hearing, body.pledge);
  if (!pledge) return std::unexpected(pledge.error());
  if (auto author =
          expect_author(hearing, {&(*pledge)->donor}, {"the donor of pledge", body.pledge});
      !author)
    return author;
  return check_announced(hearing, **pledge, body.pledge);
}

void fold(Folding& folding, const PledgeWithdrawn& body) {
  move<PledgeRecord>(folding, body.pledge, movement_of(MovementKind::withdrawn));
}

Result<void> check(const Hearing& hearing, const PledgeLapsed& body) {
  const auto pledge = find_pledge(hearing, body.pledge);
  if (!pledge) return std::unexpected(pledge.error());
  const PartyId office = hearing.office_party_in(OfficeRole::back);
  if (auto author = expect_author(hearing, {&office}, "the back office"); !author) return author;
  return check_announced(hearing, **pledge, body.pledge);
}

void fold(Folding& folding, const PledgeLapsed& body) {
  move<PledgeRecord>(folding, body.pledge, movement_of(MovementKind::lapsed));
}

}  // namespace tallinn
