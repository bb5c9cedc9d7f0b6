#include "net/submission.h"

#include "events/assert.h"
#include "events/limits.h"
#include "events/wire.h"

namespace tallinn {
namespace {

constexpr std::size_t kSignatureBytes = PublicKey::kSize + Signature::kSize;

Result<std::vector<EventSignature>> decode_signatures(BytesView frame) {
  WireReader reader(frame);
  const std::size_t count = reader.be<std::uint16_t>();
  if (!reader.ok() || count > kMaxSignatures || frame.size() != 2 + count * kSignatureBytes)
    return refuse(Code::malformed, "the signatures of the submission are cut short or too many",
                  "signatures");
  std::vector<EventSignature> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    EventSignature signature{.key = reader.fixed<PublicKey>(),
                             .signature = reader.fixed<Signature>()};
    if (!out.empty() && !(out.back().key < signature.key))
      return refuse(Code::malformed, "signatures do not stand in ascending order of their keys",
                    "signatures");
    out.push_back(signature);
  }
  return out;
}

Result<WithheldValue> decode_value(BytesView frame) {
  const auto end = frame.find('\0');
  if (end == BytesView::npos || end == 0 || end > kMaxNameBytes ||
      frame.size() < end + 1 + Salt::kSize)
    return refuse(Code::malformed, "a withheld value is not a field, a salt and a value",
                  "withheld");
  const BytesView value = frame.substr(end + 1 + Salt::kSize);
  if (value.size() > kMaxWithheldValueBytes)
    return refuse(Code::malformed, "a withheld value is longer than 16,384 bytes", "withheld");
  WithheldValue out;
  out.field = Name(std::string(frame.substr(0, end)));
  out.salt = *Salt::from(frame.substr(end + 1, Salt::kSize));
  out.value = Bytes(value);
  return out;
}

}  // namespace

Bytes encode_submission(const Submission& submission) {
  Bytes out;
  put_framed16(out, submission.event);
  Bytes signatures;
  put_be(signatures, static_cast<std::uint16_t>(submission.signatures.size()));
  for (const auto& signature : submission.signatures) {
    signatures.append(signature.key.view());
    signatures.append(signature.signature.view());
  }
  put_framed16(out, signatures);
  for (const auto& value : submission.values) {
    Bytes frame = value.field.value();
    frame.push_back('\0');
    frame.append(value.salt.view());
    frame.append(value.value);
    put_framed16(out, frame);
  }
  return out;
}

Result<Submission> decode_submission(BytesView body) {
  WireReader reader(body);
  Submission out;
  const BytesView event = reader.framed16();
  const BytesView signatures = reader.framed16();
  if (!reader.ok()) return refuse(Code::malformed, "the submission is cut short");
  if (event.empty() || event.size() > kMaxEventBytes)
    return refuse(Code::malformed, "an event has 1 to 60,000 bytes");
  out.event = Bytes(event);
  auto decoded = decode_signatures(signatures);
  if (!decoded) return std::unexpected(decoded.error());
  out.signatures = std::move(*decoded);
  const auto header = decode_event_header(out.event);
  while (!reader.empty()) {
    const BytesView frame = reader.framed16();
    if (!reader.ok())
      return refuse(Code::malformed, "a withheld value of the submission is cut short", "withheld");
    if (out.values.size() == kMaxListed)
      return refuse(Code::malformed, "too many withheld values", "withheld");
    auto value = decode_value(frame);
    if (!value) return std::unexpected(value.error());
    if (header) value->event = header->id;
    out.values.push_back(std::move(*value));
  }
  if (!reader.done()) return refuse(Code::malformed, "the submission is cut short");
  return out;
}

}  // namespace tallinn
