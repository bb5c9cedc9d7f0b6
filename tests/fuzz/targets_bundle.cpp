// What a verifier is handed: trail bundles, governance chains and disclosures.
#include <array>

#include "ledger/proof_file.h"
#include "projections/bundle_file.h"
#include "projections/chain.h"
#include "projections/disclosure.h"
#include "tests/fuzz/target.h"
#include "tests/projections/scribe.h"
#include "tests/support/record.h"

namespace tallinn::fuzz {
namespace {

using namespace tallinn::test;

struct Handed {
  Handed() : views(nothing) {
    scribe.record_all(public_record());
    scribe.fold_into(views);
    const std::string note = scribe.state_note(views);
    const BundleInput input{
        .charter = scribe.charter,
        .views = views,
        .logs = scribe,
        .state_note = note,
        .checkpoints = {scribe.cosigned_checkpoint(kKyiv), scribe.cosigned_checkpoint(kWarsaw)}};
    for (const char* party : {"SE", "XX"})
      bundles.push_back(make_bundle(input, PartyId(party)).value());
    const auto links = governance_chain(views, scribe).value();
    chain = encode_chain(scribe.charter, std::span(links).first(3));
  }
  Scribe scribe;
  EmptyViews nothing;
  Views views;
  std::vector<Bytes> bundles;
  Bytes chain;
};
Handed& what_is_handed() {
  static Handed made;
  return made;
}

std::vector<Bytes> bundles() {
  return what_is_handed().bundles;
}
void run_bundle(BytesView bytes) {
  const Charter& charter = what_is_handed().scribe.charter;
  check_written_again(bytes, parse_bundle(bytes, charter),
                      [&](const BundleFile& file) { return encode_bundle(file, charter); });
  // Nothing but the samples themselves is ever proven.
  if (verify_bundle(bytes, charter))
    TALLINN_ASSERT(std::ranges::find(what_is_handed().bundles, bytes) !=
                   what_is_handed().bundles.end());
}

std::vector<Bytes> chains() {
  return {what_is_handed().chain};
}
void run_chain(BytesView bytes) {
  static_cast<void>(verify_chain(bytes, what_is_handed().scribe.charter));
}

/// A pledge in Kyiv's log that withholds an account, and what discloses it.
struct Disclosed {
  Disclosed() : views(nothing) {
    std::string line = kOneMorePledge;
    line.insert(line.find(R"("body")"),
                R"("withhold":{"account":{"tlp":"AMBER","value":"EE38 2200"}},)");
    const SealedDraft sealed = scribe.seal(line);
    event = sealed.event;
    const Place place = scribe.append(kKyiv, event, {PartyId("EE")});
    fold_genesis(views, scribe.charter);
    roster = read_roster(views, scribe.charter);
    const std::string receipt =
        format_proof_file({.extra = scribe.entry(place).value(),
                           .index = place.index,
                           .hashes = scribe.inclusion(place, LogSize(1)).value(),
                           .checkpoint = scribe.cosigned_checkpoint(kKyiv)});
    const ProofFile proof = parse_proof_file(receipt).value();
    TALLINN_ASSERT(verify_receipt(proof, roster.checkpoint_keys()).has_value());
    for (const char* holder : {"EE", "NAO-EE"})
      disclosures.push_back(encode_disclosure(
          make_disclosure(sealed.values.front(), receipt, scribe.charter.id, test_key(holder))
              .value()));
  }
  Scribe scribe;
  EmptyViews nothing;
  Views views;
  Roster roster;
  Event event;
  std::vector<Bytes> disclosures;
};
Disclosed& disclosed() {
  static Disclosed made;
  return made;
}
std::vector<Bytes> disclosures() {
  return disclosed().disclosures;
}
/// Whoever shows it: with a receipt that holds it is the one value that the event commits to.
void run_disclosure(BytesView bytes) {
  const auto shown = parse_disclosure(bytes);
  check_written_again(bytes, shown, encode_disclosure);
  if (!shown) return;
  const Roster& roster = disclosed().roster;
  const auto event = check_disclosure(*shown, disclosed().scribe.charter.id, roster);
  const auto proof = parse_proof_file(shown->receipt);
  if (event && proof && verify_receipt(*proof, roster.checkpoint_keys()))
    TALLINN_ASSERT(*event == disclosed().event && shown->value.value == "EE38 2200");
}

constexpr std::array kBundleTargets{Target{"bundle", bundles, run_bundle},
                                    Target{"chain", chains, run_chain},
                                    Target{"disclosure", disclosures, run_disclosure}};

}  // namespace

std::span<const Target> bundle_targets() {
  return kBundleTargets;
}

}  // namespace tallinn::fuzz
