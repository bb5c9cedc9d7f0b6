#include "ledger/store_generation.h"

#include "events/assert.h"
#include "events/wire.h"
#include "ledger/text_lines.h"

namespace tallinn {
namespace {

constexpr std::string_view kViews = "views";
constexpr std::string_view kUndo = "undo";

std::string_view base_name(Family family) {
  return family == Family::views ? kViews : kUndo;
}

}  // namespace

Generation::~Generation() {
  for (const Family family : {Family::views, Family::undo}) close(family);
}

std::string Generation::name(Family family) const {
  std::string name(base_name(family));
  return number_ == 0 ? name : name + "." + std::to_string(number_);
}

rocksdb::Status Generation::create(Family family, const rocksdb::ColumnFamilyOptions& shape) {
  TALLINN_ASSERT(handle(family) == nullptr);
  return db_.CreateColumnFamily(shape, name(family), &slot(family));
}

void Generation::take(Family family, rocksdb::ColumnFamilyHandle* handle) {
  TALLINN_ASSERT(slot(family) == nullptr);
  slot(family) = handle;
}

rocksdb::Status Generation::drop(Family family) const {
  return handle(family) == nullptr ? rocksdb::Status::OK() : db_.DropColumnFamily(handle(family));
}

void Generation::close(Family family) {
  rocksdb::ColumnFamilyHandle*& open = slot(family);
  if (open != nullptr) db_.DestroyColumnFamilyHandle(open).PermitUncheckedError();
  open = nullptr;
}

std::optional<GenerationFamily> parse_generation_family(std::string_view name) {
  for (const Family family : {Family::views, Family::undo}) {
    const std::string_view base = base_name(family);
    if (name == base) return GenerationFamily{0, family};
    if (!name.starts_with(base) || name.substr(base.size(), 1) != ".") continue;
    const auto number = parse_decimal(name.substr(base.size() + 1));
    if (number && *number > 0 && *number <= UINT32_MAX)
      return GenerationFamily{static_cast<std::uint32_t>(*number), family};
  }
  return std::nullopt;
}

Bytes generation_value(std::uint32_t number) {
  Bytes value;
  put_be(value, number);
  return value;
}

Stored<std::uint32_t> parse_generation_value(BytesView value) {
  WireReader reader(value);
  const auto number = reader.be<std::uint32_t>();
  if (!reader.done())
    return broken(Fault::corrupt, "the store's mark of its generation does not read");
  return number;
}

}  // namespace tallinn
