#include "events/event.h"

#include <vector>

#include "events/table_codec.h"
#include "events/uuid.h"

namespace tallinn {
namespace {

constexpr std::size_t kTypes = std::variant_size_v<BodyVariant>;
constexpr flatbuffers::uoffset_t kVerifierDepth = 8;
constexpr flatbuffers::uoffset_t kVerifierTables =
    1'024;  // 200 lines, documents and withheld, with room

/// The name of a record type, from the compiler's own spelling of this function.
template <class T>
constexpr std::string_view record_name() {
  const std::string_view spelled = __PRETTY_FUNCTION__;
  const std::size_t start = spelled.find("tallinn::", spelled.find("T = ")) + 9;
  return spelled.substr(start, spelled.find_first_of(";]", start) - start);
}

template <std::size_t... I>
constexpr std::array<std::string_view, kTypes> names_of(std::index_sequence<I...>) {
  return {record_name<std::variant_alternative_t<I, BodyVariant>>()...};
}
constexpr auto kTypeNames = names_of(std::make_index_sequence<kTypes>());
static_assert(kTypeNames[0] == "PartyAdmitted" &&
              kTypeNames[kTypes - 1] == "ManagementResponseRecorded");

/// An aligned copy, as the verifier needs it.
class AlignedCopy {
 public:
  explicit AlignedCopy(BytesView bytes) : words_((bytes.size() + 7) / 8), size_(bytes.size()) {
    if (!bytes.empty()) std::memcpy(words_.data(), bytes.data(), bytes.size());
  }
  const std::uint8_t* data() const { return reinterpret_cast<const std::uint8_t*>(words_.data()); }
  std::size_t size() const { return size_; }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_;
};

Result<void> verify_shape(const AlignedCopy& copy) {
  if (copy.size() > kMaxEventBytes)
    return refuse(Code::malformed,
                  "the event is over " + std::to_string(kMaxEventBytes) + " bytes");
  flatbuffers::Verifier verifier(copy.data(), copy.size(), kVerifierDepth, kVerifierTables);
  if (copy.size() < 8 || !fbs::VerifyEventBuffer(verifier))
    return refuse(Code::malformed, "not an encoded event");
  return {};
}

}  // namespace

Body::Body() = default;
Body::Body(const Body&) = default;
Body::Body(Body&&) noexcept = default;
Body& Body::operator=(const Body&) = default;
Body& Body::operator=(Body&&) noexcept = default;
Body::~Body() = default;
bool Body::operator==(const Body& other) const {
  return static_cast<const BodyVariant&>(*this) == static_cast<const BodyVariant&>(other);
}

std::string_view type_name(const Body& body) {
  return kTypeNames[body.index()];
}
std::span<const std::string_view> type_names() {
  return kTypeNames;
}

std::optional<Body> body_of_type(std::string_view name) {
  std::optional<Body> found;
  const auto consider = [&]<std::size_t I>() {
    if (kTypeNames[I] == name) found.emplace(std::in_place_index<I>);
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (consider.template operator()<I>(), ...);
  }(std::make_index_sequence<kTypes>());
  return found;
}

Bytes encode_event(const Event& event) {
  table::Builder builder(1024);
  const flatbuffers::Offset<fbs::Event> root(table::write(builder, event));
  fbs::FinishEventBuffer(builder, root);
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

Result<Event> decode_event(BytesView bytes) {
  const AlignedCopy copy(bytes);
  if (auto shape = verify_shape(copy); !shape) return std::unexpected(shape.error());
  const auto* root = flatbuffers::GetRoot<flatbuffers::Table>(copy.data());
  Event event;
  table::Reader reader;
  if (!reader.read(*root, event)) return std::unexpected(reader.complaint().error("the event"));
  if (event.schema == 0 || event.schema > kSchema)
    return refuse(Code::malformed, "schema " + std::to_string(event.schema) + " is not known here",
                  "schema");
  if (!valid_uuid(event.id)) return refuse(Code::malformed, "the id is not a version 7 UUID", "id");
  if (encode_event(event) != bytes)
    return refuse(Code::malformed, "the event's bytes are not canonical");
  return event;
}

Result<EventHeader> decode_event_header(BytesView bytes) {
  const AlignedCopy copy(bytes);
  if (auto shape = verify_shape(copy); !shape) return std::unexpected(shape.error());
  const fbs::Event* root = fbs::GetEvent(copy.data());
  if (root->id() == nullptr || root->schema() == 0)
    return refuse(Code::malformed, "the event has no id or schema");
  EventHeader header{root->schema(), {}};
  std::memcpy(header.id.bytes.data(), root->id(), Uuid::kSize);
  return header;
}

}  // namespace tallinn
