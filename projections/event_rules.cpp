#include "projections/event_rules.h"

#include <array>

#include "events/assert.h"

namespace tallinn {
namespace {

using enum Home;
using enum Signing;
constexpr RoleSet kNeed = roles_of(Role::need);
constexpr RoleSet kPledge = roles_of(Role::pledge);
constexpr RoleSet kAllocate = roles_of(Role::allocate);
constexpr RoleSet kDeliver = roles_of(Role::deliver);
constexpr RoleSet kAccept = roles_of(Role::accept);
constexpr RoleSet kHold = kDeliver | kAccept;
constexpr RoleSet kGovern = roles_of(Role::govern);
constexpr RoleSet kAny = 0xffff;

constexpr auto kRulesByType = std::to_array<EventRule>({
    {back, quorum, kGovern, true},                // PartyAdmitted
    {back, quorum, kGovern, true},                // PartyWithdrawn
    {back, quorum, kGovern, true},                // KeyEnrolled
    {anywhere, quorum_or_key, kGovern, true},     // KeyRevoked
    {anywhere, quorum, kGovern, true},            // LogSealed
    {anywhere, quorum, kGovern, true},            // LogOpened
    {back, author, kAllocate},                    // ExchangeRateRecorded
    {front, author, kNeed},                       // NeedRegistered
    {front, author, kNeed},                       // NeedRevised
    {front, coordinator, kGovern},                // NeedEndorsed
    {front, coordinator, kGovern},                // NeedRejected
    {front, author, kNeed},                       // NeedWithdrawn
    {front, recipient_and_front, kNeed},          // NeedClosed
    {back, author, kPledge},                      // PledgeAnnounced
    {back, author, kPledge},                      // PledgeAmended
    {back, author, kPledge},                      // PledgeWithdrawn
    {back, author, kAllocate},                    // PledgeLapsed
    {back, author, kPledge},                      // CommitmentSigned
    {back, author, kPledge},                      // CommitmentAmended
    {back, author, kPledge},                      // CommitmentSuspended
    {back, author, kPledge},                      // CommitmentResumed
    {back, author, kPledge},                      // CommitmentTerminated
    {anywhere, author, kPledge},                  // FundsDisbursed
    {anywhere, author, kHold},                    // FundsReceived
    {anywhere, author, kHold},                    // FundsRefunded
    {back, author, kAllocate},                    // AllocationProposed
    {back, author, kPledge | kNeed},              // AllocationConsented
    {back, author, kAllocate},                    // AllocationReleased
    {back, author, kAllocate},                    // AllocationCancelled
    {anywhere, author, kDeliver},                 // ConsignmentDispatched
    {anywhere, author, kAccept},                  // GoodsReceived
    {anywhere, author, kDeliver},                 // ServiceRendered
    {anywhere, recipient_and_deliverer, kHold},   // DeliveryAccepted
    {anywhere, author, kAccept},                  // DeliveryRejected
    {anywhere, author, kHold},                    // ConsignmentReturned
    {anywhere, author, kHold},                    // LossReported
    {anywhere, author, kAccept},                  // PlacedInService
    {anywhere, author, roles_of(Role::monitor)},  // EndUseChecked
    {anywhere, author, kDeliver | kPledge},       // ValuationRecorded
    {as_corrected, author, kAny},                 // ErrorDeclared
    {anywhere, author, kAny},                     // DisputeRaised
    {anywhere, both_offices, kAllocate},          // DisputeResolved
    {anywhere, both_offices, kAllocate},          // ExceptionResolved
    {anywhere, author, kAny},                     // ReconciliationAttested
    {anywhere, author, roles_of(Role::audit)},    // AuditFindingRecorded
    {anywhere, author, kAny},                     // ManagementResponseRecorded
});
static_assert(kRulesByType.size() == std::variant_size_v<BodyVariant>);

}  // namespace

const EventRule& rule_of(const Body& body) {
  return kRulesByType[body.index()];
}

const EventRule& rule_of_type(std::uint8_t type) {
  TALLINN_ASSERT(type >= 1 && type <= kRulesByType.size());
  return kRulesByType[type - 1u];
}

}  // namespace tallinn
