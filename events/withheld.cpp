#include "events/withheld.h"

#include <sodium.h>

namespace tallinn {

Digest withheld_commitment(const WithheldValue& value) {
  constexpr std::string_view kDomain{"tallinn-ledger/withheld/v1\0", 27};
  Bytes message(kDomain);
  message.append(value.event.view()).append(value.field.value()).push_back('\0');
  message.append(value.salt.view()).append(value.value);
  Digest out;
  crypto_hash_sha256(out.bytes.data(), as_u8(message).data(), message.size());
  return out;
}

Salt withheld_salt(const SigningKey& author, const Uuid& event, const Name& field) {
  Bytes message(event.view());
  message.append(field.value());
  Salt salt;
  crypto_generichash(salt.bytes.data(), Salt::kSize, as_u8(message).data(), message.size(),
                     author.seed().data(), author.seed().size());
  return salt;
}

Result<void> check_withheld(const Event& event, const WithheldValue& value) {
  const std::string& name = value.field.value();
  if (value.event != event.id)
    return refuse(Code::failed, "the value belongs to another event", name);
  for (const Withheld& withheld : event.withheld) {
    if (withheld.field != value.field) continue;
    if (withheld_commitment(value) == withheld.commitment) return {};
    return refuse(Code::failed, "the value does not match the commitment of " + name, name);
  }
  return refuse(Code::failed, "the event withholds no " + name, name);
}

}  // namespace tallinn
