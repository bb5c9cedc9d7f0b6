// What a verifier is handed: trail bundles and governance chains.
#include <array>

#include "projections/bundle_file.h"
#include "projections/chain.h"
#include "tests/fuzz/target.h"
#include "tests/projections/scribe.h"

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

constexpr std::array kBundleTargets{Target{"bundle", bundles, run_bundle},
                                    Target{"chain", chains, run_chain}};

}  // namespace

std::span<const Target> bundle_targets() {
  return kBundleTargets;
}

}  // namespace tallinn::fuzz
