#include "ledger/differences.h"

#include "events/assert.h"
#include "events/uuid.h"
#include "events/wire.h"

namespace tallinn {
namespace {

constexpr std::array<std::string_view, kFamilies> kFamilyNames = {
    "entries", "rows", "ids", "notes", "withheld", "views", "undo", "meta"};

std::string id_words(BytesView key) {
  const auto id = Uuid::from(key.substr(0, Uuid::kSize));
  return id ? "event " + format_uuid(*id) : escaped(key);
}

}  // namespace

std::string_view spell(Family family) {
  return kFamilyNames[static_cast<std::size_t>(family)];
}

std::string_view spell(Difference::Kind kind) {
  switch (kind) {
    case Difference::Kind::missing: return "missing";
    case Difference::Kind::unexpected: return "unexpected";
    case Difference::Kind::differs: return "differs";
    case Difference::Kind::unreadable: return "unreadable";
    case Difference::Kind::wrong: return "wrong";
  }
  TALLINN_ASSERT(!"unknown kind");
  return {};
}

std::string escaped(BytesView bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '\\') {
      out += c;
      continue;
    }
    out += "\\x";
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::string words_of_key(Family family, BytesView key) {
  WireReader reader(key);
  switch (family) {
    case Family::entries:
      reader.take(6);
      return "entry " + std::to_string(reader.be<std::uint64_t>());
    case Family::rows: {
      reader.take(6);
      const auto level = reader.be<std::uint8_t>();
      const auto index = reader.be<std::uint64_t>();
      if (!reader.done()) break;
      return "hash " + std::to_string(index) + " of row " + std::to_string(level);
    }
    case Family::ids: return id_words(key);
    case Family::withheld:
      return id_words(key) +
             (key.size() > Uuid::kSize ? ", field " + escaped(key.substr(Uuid::kSize)) : "");
    case Family::undo: {
      const auto lamport = reader.be<std::uint64_t>();
      if (!reader.ok()) break;
      return "undo record of Lamport time " + std::to_string(lamport);
    }
    case Family::notes:
    case Family::views:
    case Family::meta: break;
  }
  return escaped(key);
}

void Differences::add(Difference difference) {
  ++total_;
  ++counts_[static_cast<std::size_t>(difference.family)];
  if (difference.origin == Difference::Origin::truth) ++truth_;
  if (kept_.size() < kMostKept) kept_.push_back(std::move(difference));
}

}  // namespace tallinn
