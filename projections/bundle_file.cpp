#include "projections/bundle_file.h"

#include <boost/json.hpp>

#include "events/text.h"

namespace tallinn {
namespace {

namespace json = boost::json;

// --- output ---

json::array hashes_json(const std::vector<Digest>& hashes) {
  json::array out;
  for (const Digest& hash : hashes) out.push_back(json::string(to_hex(hash.view())));
  return out;
}

json::object range_json(const StateTree::Range& range) {
  json::array records;
  for (const auto& [key, value] : range.records)
    records.push_back(json::array{json::string(to_hex(key)), json::string(to_hex(value))});
  return {
      {"first", range.first}, {"records", std::move(records)}, {"proof", hashes_json(range.proof)}};
}

json::array entries_json(const std::vector<BundleEntry>& entries, const Charter& charter) {
  json::array out;
  for (const BundleEntry& entry : entries)
    out.push_back(json::object{{"office", charter.office(entry.log.office)->name},
                               {"epoch", entry.log.epoch.value()},
                               {"index", entry.index.value()},
                               {"bytes", to_base64(entry.bytes)},
                               {"proof", hashes_json(entry.proof)}});
  return out;
}

// --- input: lenient about shape only as far as encoding again and comparing finds it ---

class BundleReader {
 public:
  explicit BundleReader(const Charter& charter) : charter_(charter) {}

  std::optional<BundleFile> read(const json::value& from) {
    BundleFile file;
    file.party = PartyId(text(from, "party"));
    file.state_note = text(from, "state_note");
    file.trail = range(member(from, "trail"));
    file.entries = entries(member(from, "entries"));
    for (const json::value& item : list(member(from, "checkpoints")))
      file.checkpoints.push_back({text(item, "note"), hashes(member(item, "consistency"))});
    file.governance = range(member(from, "governance"));
    file.chain = entries(member(from, "chain"));
    for (const json::value& item : list(member(from, "records")))
      file.records.push_back(range(item));
    if (!ok_) return std::nullopt;
    return file;
  }

 private:
  const json::value& member(const json::value& from, std::string_view name) {
    const json::value* found = from.is_object() ? from.get_object().if_contains(name) : nullptr;
    ok_ &= found != nullptr;
    return found != nullptr ? *found : nothing_;
  }
  const json::array& list(const json::value& from) {
    ok_ &= from.is_array();
    return from.is_array() ? from.get_array() : empty_;
  }
  std::string text(const json::value& from) {
    ok_ &= from.is_string();
    return from.is_string() ? std::string(from.get_string()) : std::string();
  }
  std::string text(const json::value& from, std::string_view name) {
    return text(member(from, name));
  }
  std::uint64_t number(const json::value& from) {
    const bool is_number = from.is_int64() && from.get_int64() >= 0;
    ok_ &= is_number;
    return is_number ? static_cast<std::uint64_t>(from.get_int64()) : 0;
  }
  Bytes hex(const json::value& from) {
    const auto raw = from_hex(text(from));
    ok_ &= raw.has_value();
    return raw.value_or(Bytes());
  }
  std::vector<Digest> hashes(const json::value& from) {
    std::vector<Digest> out;
    for (const json::value& item : list(from)) {
      const auto hash = Digest::from(hex(item));
      ok_ &= hash.has_value();
      out.push_back(hash.value_or(Digest{}));
    }
    return out;
  }
  StateTree::Range range(const json::value& from) {
    StateTree::Range out;
    out.first = number(member(from, "first"));
    for (const json::value& item : list(member(from, "records"))) {
      const json::array& pair = list(item);
      ok_ &= pair.size() == 2;
      if (pair.size() == 2) out.records.emplace_back(hex(pair[0]), hex(pair[1]));
    }
    out.proof = hashes(member(from, "proof"));
    return out;
  }
  std::vector<BundleEntry> entries(const json::value& from) {
    std::vector<BundleEntry> out;
    for (const json::value& item : list(from)) {
      BundleEntry& entry = out.emplace_back();
      const auto office = charter_.office_number(text(item, "office"));
      const std::uint64_t epoch = number(member(item, "epoch"));
      const auto bytes = from_base64(text(item, "bytes"));
      ok_ &= office.has_value() && epoch >= 1 && epoch <= 0xffffffff && bytes.has_value();
      entry.log = {office.value_or(OfficeNumber(0)), Epoch(static_cast<std::uint32_t>(epoch))};
      entry.index = LogIndex(number(member(item, "index")));
      entry.bytes = bytes.value_or(Bytes());
      entry.proof = hashes(member(item, "proof"));
    }
    return out;
  }

  const Charter& charter_;
  const json::value nothing_;
  const json::array empty_;
  bool ok_ = true;
};

}  // namespace

std::string encode_bundle(const BundleFile& file, const Charter& charter) {
  json::array checkpoints;
  for (const BundleCheckpoint& checkpoint : file.checkpoints)
    checkpoints.push_back(json::object{{"note", checkpoint.note},
                                       {"consistency", hashes_json(checkpoint.consistency)}});
  json::array records;
  for (const StateTree::Range& range : file.records) records.push_back(range_json(range));
  const json::object out{{"format", kBundleFormat},
                         {"party", file.party.value()},
                         {"state_note", file.state_note},
                         {"trail", range_json(file.trail)},
                         {"entries", entries_json(file.entries, charter)},
                         {"checkpoints", std::move(checkpoints)},
                         {"governance", range_json(file.governance)},
                         {"chain", entries_json(file.chain, charter)},
                         {"records", std::move(records)}};
  return json::serialize(out) + "\n";
}

Result<BundleFile> parse_bundle(std::string_view text, const Charter& charter) {
  if (text.size() > kMaxBundleBytes) return refuse(Code::malformed, "the bundle is too large");
  boost::system::error_code failed;
  const json::value value = json::parse(text, failed);
  if (failed) return refuse(Code::malformed, "the bundle is not JSON");
  auto file = BundleReader(charter).read(value);
  if (!file)
    return refuse(Code::malformed, "the bundle lacks a part, or a part is not well formed");
  if (!valid_party_id(file->party.value()))
    return refuse(Code::malformed, "the bundle names no party", "party");
  if (encode_bundle(*file, charter) != text)
    return refuse(Code::malformed, "the bundle is not spelled as it must be");
  return *std::move(file);
}

}  // namespace tallinn
