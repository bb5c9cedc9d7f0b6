#include "projections/bundle_file.h"

#include <algorithm>
#include <boost/json.hpp>

#include "events/json_text.h"
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

/// Where a reader stands, "entries[12].proof[3]", while it lives.
class Step {
 public:
  Step(std::string& path, std::string_view name) : path_(path), before_(path.size()) {
    if (!path.empty()) path += '.';
    path += name;
  }
  Step(std::string& path, std::size_t index) : path_(path), before_(path.size()) {
    path += '[' + std::to_string(index) + ']';
  }
  ~Step() { path_.resize(before_); }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

 private:
  std::string& path_;
  std::size_t before_;
};

class BundleReader {
 public:
  explicit BundleReader(const Charter& charter) : charter_(charter) {}

  Result<BundleFile> read(const json::value& from) {
    BundleFile file;
    file.party = PartyId(text(from, "party"));
    file.state_note = text(from, "state_note");
    file.trail = range(from, "trail");
    file.entries = entries(from, "entries");
    each(from, "checkpoints", [&](const json::value& item) {
      file.checkpoints.push_back({text(item, "note"), hashes(item, "consistency")});
    });
    file.governance = range(from, "governance");
    file.chain = entries(from, "chain");
    each(from, "records", [&](const json::value& item) { file.records.push_back(range_in(item)); });
    if (wrong_) return refuse(Code::malformed, *wrong_);
    return file;
  }

 private:
  /// The first complaint is kept: what follows may come of it.
  void say(const char* what) {
    if (!wrong_) wrong_ = (path_.empty() ? "" : path_ + " of ") + "the bundle is " + what;
  }

  template <class Read>
  auto member(const json::value& from, std::string_view name, Read read) {
    if (!from.is_object()) say("not an object");
    const Step step(path_, name);
    const json::value* found = from.is_object() ? from.get_object().if_contains(name) : nullptr;
    if (found == nullptr) say("missing");
    return read(found != nullptr ? *found : nothing_);
  }
  template <class Read>
  void each_of(const json::value& from, Read read) {
    if (!from.is_array()) return say("not a list");
    const json::array& items = from.get_array();
    for (std::size_t i = 0; i < items.size(); ++i) {
      const Step step(path_, i);
      read(items[i]);
    }
  }
  template <class Read>
  void each(const json::value& from, std::string_view name, Read read) {
    member(from, name, [&](const json::value& list) { each_of(list, read); });
  }

  std::string text_in(const json::value& from) {
    if (from.is_string()) return std::string(from.get_string());
    say("not a text");
    return {};
  }
  std::string text(const json::value& from, std::string_view name) {
    return member(from, name, [&](const json::value& value) { return text_in(value); });
  }
  std::uint64_t number(const json::value& from, std::string_view name) {
    return member(from, name, [&](const json::value& value) -> std::uint64_t {
      if (value.is_int64() && value.get_int64() >= 0)
        return static_cast<std::uint64_t>(value.get_int64());
      say("not a whole number from 0 on");
      return 0;
    });
  }
  Bytes hex_in(const json::value& from) {
    auto raw = from_hex(text_in(from));
    if (!raw) say("not lower-case hex");
    return raw ? *std::move(raw) : Bytes();
  }
  std::vector<Digest> hashes(const json::value& from, std::string_view name) {
    std::vector<Digest> out;
    each(from, name, [&](const json::value& item) {
      const auto hash = fixed_from_hex<Digest>(text_in(item));
      if (!hash) say("not a hash in lower-case hex");
      out.push_back(hash.value_or(Digest{}));
    });
    return out;
  }
  StateTree::Range range_in(const json::value& from) {
    StateTree::Range out;
    out.first = number(from, "first");
    each(from, "records", [&](const json::value& item) {
      std::vector<Bytes> pair;
      each_of(item, [&](const json::value& part) { pair.push_back(hex_in(part)); });
      if (pair.size() == 2)
        out.records.emplace_back(std::move(pair[0]), std::move(pair[1]));
      else
        say("not a key and its value");
    });
    out.proof = hashes(from, "proof");
    return out;
  }
  StateTree::Range range(const json::value& from, std::string_view name) {
    return member(from, name, [&](const json::value& value) { return range_in(value); });
  }
  OfficeNumber office(const json::value& from) {
    return member(from, "office", [&](const json::value& value) {
      const auto found = charter_.office_number(text_in(value));
      if (!found) say("not an office of this charter");
      return found.value_or(OfficeNumber(0));
    });
  }
  Epoch epoch(const json::value& from) {
    const std::uint64_t number = this->number(from, "epoch");
    const Step step(path_, "epoch");
    if (number < 1 || number > UINT32_MAX) say("not an epoch");
    return Epoch(static_cast<std::uint32_t>(number));
  }
  Bytes base64(const json::value& from, std::string_view name) {
    return member(from, name, [&](const json::value& value) {
      auto raw = from_base64(text_in(value));
      if (!raw) say("not base64");
      return raw ? *std::move(raw) : Bytes();
    });
  }
  std::vector<BundleEntry> entries(const json::value& from, std::string_view name) {
    std::vector<BundleEntry> out;
    each(from, name, [&](const json::value& item) {
      BundleEntry& entry = out.emplace_back();
      entry.log.office = office(item);
      entry.log.epoch = epoch(item);
      entry.index = LogIndex(number(item, "index"));
      entry.bytes = base64(item, "bytes");
      entry.proof = hashes(item, "proof");
    });
    return out;
  }

  const Charter& charter_;
  const json::value nothing_;
  std::string path_;
  std::optional<std::string> wrong_;
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
  const auto value = parse_json(text);
  if (!value) return refuse(Code::malformed, "the bundle is " + value.error().detail);
  auto file = BundleReader(charter).read(*value);
  if (!file) return file;
  if (!valid_party_id(file->party.value()))
    return refuse(Code::malformed, "the bundle names no party", "party");
  const std::string spelled = encode_bundle(*file, charter);
  if (spelled != text) {
    const auto first = std::ranges::mismatch(spelled, text).in1 - spelled.begin();
    return refuse(Code::malformed, "the bundle is not spelled as it must be, from byte " +
                                       std::to_string(first + 1) + " on");
  }
  return *std::move(file);
}

}  // namespace tallinn
