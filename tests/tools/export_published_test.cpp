// An export never takes back what a site has published.
#include "tools/export_published.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "ledger/file_text.h"
#include "tests/support/files.h"
#include "tests/support/record.h"
#include "tests/tools/memory_source.h"
#include "tests/tools/site_for_tests.h"
#include "tools/export_site.h"

using namespace tallinn;
using namespace tallinn::test;
namespace fs = std::filesystem;

namespace {

/// LogSealed of Kyiv's log as it is, recorded by Warsaw; and the chain with it.
std::string seal_kyiv(Scribe& scribe) {
  const Place place = scribe.seal_kyiv();
  const ChainLink link{.log = place.log, .index = place.index, .entry = *scribe.entry(place)};
  return encode_chain(scribe.charter, std::span(&link, 1));
}

/// The same offices under another quorum: another ledger.
Charter other_charter() {
  const Charter first = test_charter();
  std::string note =
      format_charter_text(make_charter(first.ledger, first.offices, first.coordinators, 3).value());
  for (const char* party : {"EE", "PL", "UA"})
    note = sign_charter(note, PartyId(party), test_key(party)).value();
  return parse_charter(note).value();
}

std::string in_site(const fs::path& site, const std::string& path) {
  return read_file(site / path, 1u << 20).value_or("nothing");
}

}  // namespace

TEST_CASE("a site's governance chain and logs never go back in time") {
  Scribe scribe;
  scribe.charter = signed_charter();
  scribe.record_all(public_record());
  const std::string chain = seal_kyiv(scribe);
  MemorySource source(scribe);
  source.chain_text = chain;
  const Site site;
  const auto exported_again = [&](const std::string& chain_text) {
    source.chain_text = chain_text;
    return export_site(source, scribe.charter, *site.files, {});
  };
  const auto first = exported_again(chain);
  REQUIRE_MESSAGE(first, first.error().detail);
  const auto shorter = exported_again(encode_chain(scribe.charter, {}));
  REQUIRE(!shorter);
  CHECK(shorter.error().code == Code::failed);
  CHECK(in_site(site.path, "chain.json") == chain);
  std::ofstream(site.path / "chain.json", std::ios::binary) << "damaged";
  CHECK(exported_again(chain));
  CHECK(in_site(site.path, "chain.json") == chain);
  source.entries.erase({kKyiv, Epoch(1)});
  const auto fewer = exported_again(chain);
  REQUIRE(!fewer);
  CHECK(fewer.error().detail.find("kyiv/1") != std::string::npos);
}

TEST_CASE("an older state note never replaces a newer one, and a joint one never one that is not") {
  Scribe scribe;
  scribe.charter = signed_charter();
  const auto lines = public_record();
  scribe.record_all({lines.begin(), lines.begin() + 50});
  const std::string older = *MemorySource(scribe).state;
  scribe.record_all({lines.begin() + 50, lines.end()});
  MemorySource source(scribe);
  const std::string newer = *source.state;
  Note one = *parse_note(newer);
  one.signatures.pop_back();
  const std::string by_one = format_note(one);
  const Site site;
  struct Step {
    const char* name;
    std::optional<std::string> state;
    std::string published;
  };
  for (const Step& step :
       {Step{"one that nobody had", by_one, by_one},
        Step{"an older one of all offices", older, older},
        Step{"a newer one of one office", by_one, older}, Step{"a newer one of all", newer, newer},
        Step{"older", older, newer}, Step{"none", std::nullopt, newer}}) {
    CAPTURE(step.name);
    source.state = step.state;
    const auto logs = export_site(source, scribe.charter, *site.files, {});
    REQUIRE_MESSAGE(logs, logs.error().detail);
    CHECK(in_site(site.path, "api/v1/state") == step.published);
  }
}

TEST_CASE("an export into the site of another ledger is refused, and changes nothing") {
  Scribe scribe;
  scribe.charter = signed_charter();
  scribe.record_all(public_record());
  MemorySource source(scribe);
  const Site site;
  std::ofstream(site.path / "charter.txt", std::ios::binary) << other_charter().note;
  const auto refused = export_site(source, scribe.charter, *site.files, {});
  REQUIRE(!refused);
  CHECK(refused.error().code == Code::failed);
  CHECK(refused.error().detail.find("another ledger") != std::string::npos);
  CHECK(!fs::exists(site.path / "log"));
}
