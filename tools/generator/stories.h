// Stories: how each subject of a generated history begins; the rest follows by the scene's
// calendar. Pure; for tools/generator only.
#pragma once

#include "tools/generator/scene.h"

namespace tallinn::generator {

/// A need is registered, endorsed, revised, closed; or rejected or withdrawn.
void register_need(Scene& scene);
/// Ends what can be allocated of it.
void take_from_open(Scene& scene, const Need& need);
/// One allocation of that need has come to its end.
void complete_part(Scene& scene, const std::shared_ptr<Need>& need);
/// Says in `expected` whether the need is now allocated more than it asks for, or no longer.
void follow_coverage(Need& need, Expected& expected);

/// A pledge, and everything under it.
void announce_pledge(Scene& scene);
/// The next commitment under a pledge.
void sign_commitment(Scene& scene, const std::shared_ptr<Pledge>& pledge);
/// A commitment that no pledge announced.
void sign_commitment_alone(Scene& scene, const Actor& donor);
/// Money goes out and comes in, in parts.
void move_funds(Scene& scene, const std::shared_ptr<Commitment>& commitment);
FundsDisbursed disbursement_of(const Scene& scene, const Commitment& commitment,
                               std::int64_t minor);
/// A share of the commitment serves a need.
void propose_allocation(Scene& scene, const std::shared_ptr<Commitment>& commitment);
/// The next consignment of an allocation.
void send_consignment(Scene& scene, const std::shared_ptr<Allocation>& allocation);
/// The same although the allocation is cancelled, which the sender does not know.
void send_cancelled(Scene& scene, const std::shared_ptr<Allocation>& allocation);
/// The goods arrive; what becomes of them.
void receive_goods(Scene& scene, const std::shared_ptr<Consignment>& consignment);
/// Everything of it has been received, or a service was rendered.
void accept_delivery(Scene& scene, const std::shared_ptr<Consignment>& consignment);
/// One consignment of that allocation has come to its end.
void complete_consignment(Scene& scene, const std::shared_ptr<Allocation>& allocation);

/// The event's author declares it wrong; a day later comes `right`, then what follows.
struct Correction {
  PartyId author;
  Uuid event;
  Body right;
  Expected on_declaring = {};
};
void correct(Scene& scene, Correction correction, Step then);
/// The event's author declares that it did not occur, or was told twice.
void take_back(Scene& scene, const PartyId& author, const Uuid& event, ErrorReason reason);
/// Both offices settle an exception that stays.
void resolve(Scene& scene, std::string exception);
/// Somebody disputes the event; the offices answer.
void dispute(Scene& scene, const PartyId& by, const Uuid& event);
/// Auditors look at a commitment; its implementer answers.
void audit(Scene& scene, const std::shared_ptr<Commitment>& commitment);
/// A donor says whether the ledger agrees with its own books.
void attest(Scene& scene, const std::shared_ptr<Pledge>& pledge);
/// The rates of the day, and those of the next months.
void record_rates(Scene& scene);

}  // namespace tallinn::generator
