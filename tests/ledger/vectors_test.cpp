// Vectors that others made, for the functions that judge what others sent. Read from
// TALLINN_VECTORS, else from
// ../shared/vectors beside the repository; skipped with a line when absent.
#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "ledger/merkle.h"

using namespace tallinn;
namespace json = boost::json;

namespace {

std::optional<json::array> load(const std::string& name) {
  const char* named = std::getenv("TALLINN_VECTORS");
  const std::string folder =
      named != nullptr ? named : std::string(TALLINN_SOURCE_DIR) + "/../shared/vectors";
  std::ifstream file(folder + "/" + name);
  if (!file) {
    MESSAGE("skipped: no " << folder << "/" << name);
    return std::nullopt;
  }
  std::stringstream text;
  text << file.rdbuf();
  return json::parse(text.str()).as_array();
}

std::uint64_t number(const json::value& value) {
  return value.to_number<std::uint64_t>();
}

std::optional<Digest> digest(const json::value& value) {
  const std::string_view text(value.as_string());
  return fixed_from_base64<Digest>(text);
}

/// Nothing when a hash is not 32 bytes: our types cannot even hold that.
std::optional<std::vector<Digest>> proof_of(const json::value& value) {
  std::vector<Digest> proof;
  if (value.is_null()) return proof;
  for (const json::value& one : value.as_array()) {
    const auto hash = digest(one);
    if (!hash) return std::nullopt;
    proof.push_back(*hash);
  }
  return proof;
}

}  // namespace

TEST_CASE("every inclusion probe of transparency-dev is judged as it says") {
  const auto probes = load("rfc6962-inclusion.json");
  if (!probes) return;
  CHECK(probes->size() == 98);
  for (const json::value& probe : *probes) {
    const auto proof = proof_of(probe.at("proof"));
    const auto leaf = digest(probe.at("leafHash"));
    const auto root = digest(probe.at("root"));
    const bool holds = proof && leaf && root &&
                       check_inclusion(LogIndex(number(probe.at("leafIdx"))),
                                       LogSize(number(probe.at("treeSize"))), *leaf, *proof, *root)
                           .has_value();
    CHECK_MESSAGE(holds != probe.at("wantErr").as_bool(), json::serialize(probe.at("name")));
  }
}

TEST_CASE("every consistency probe of transparency-dev is judged as it says") {
  // Its "roots" are 12 bytes long, which a 32-byte type cannot hold.
  const std::string_view exception =
      "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json";
  const auto probes = load("rfc6962-consistency.json");
  if (!probes) return;
  CHECK(probes->size() == 98);
  for (const json::value& probe : *probes) {
    if (probe.at("name").as_string() == exception) continue;
    const auto proof = proof_of(probe.at("proof"));
    const auto old_root = digest(probe.at("root1"));
    const auto new_root = digest(probe.at("root2"));
    const bool holds = proof && old_root && new_root &&
                       check_consistency(LogSize(number(probe.at("size1"))), *old_root,
                                         LogSize(number(probe.at("size2"))), *new_root, *proof)
                           .has_value();
    CHECK_MESSAGE(holds != probe.at("wantErr").as_bool(), json::serialize(probe.at("name")));
  }
}
