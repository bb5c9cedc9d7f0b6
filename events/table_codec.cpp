#include "events/table_codec.h"

#include "events/text.h"

namespace tallinn::table {

bool Reader::text(const flatbuffers::String* from, std::string& to) {
  to.assign(from->c_str(), from->size());
  return valid_text(to) ||
         complaint_.refuse(Code::malformed, " is not NFC UTF-8 without control characters");
}

bool Reader::text_member(const Table& from, std::size_t n, std::string& to) {
  const auto* found = from.GetPointer<const flatbuffers::String*>(slot(n));
  return found ? text(found, to) : missing();
}

bool Reader::money(const Table& from, std::size_t n, Money& to) {
  const auto* found = from.GetStruct<const fbs::Money*>(slot(n));
  if (!found) return missing();
  to = from_flat(*found);
  return true;
}

bool Reader::when(const Table& from, std::size_t n, When& to) {
  const auto* found = from.GetStruct<const fbs::When*>(slot(n));
  if (!found) return missing();
  to = from_flat(*found);
  return valid_when(to) || complaint_.refuse(Code::malformed, " is not a date");
}

bool Reader::fixed(const Table& from, std::size_t n, void* to, std::size_t size) {
  const auto* found = from.GetStruct<const std::uint8_t*>(slot(n));
  if (!found) return missing();
  std::memcpy(to, found, size);
  return true;
}

bool Reader::enumerated(std::uint8_t number, std::size_t count) {
  return (number >= 1 && number <= count) ||
         complaint_.refuse(Code::malformed, " has no known value");
}

}  // namespace tallinn::table
