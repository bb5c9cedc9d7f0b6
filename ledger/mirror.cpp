#include "ledger/mirror.h"

#include "events/assert.h"
#include "events/text.h"
#include "ledger/text_lines.h"

namespace tallinn {
namespace {

constexpr std::string_view kKeyword = "mirror";

std::unexpected<Error> bad_line(std::string why) {
  return refuse(Code::malformed, std::move(why), std::string(kKeyword));
}

}  // namespace

MirrorKeys make_mirror_keys(std::string_view ledger, std::string_view name,
                            const PublicKey& witness, const PublicKey& transport) {
  TALLINN_ASSERT(valid_ledger_name(ledger) && valid_office_name(name));
  return {.name = std::string(name),
          .witness = make_vkey(witness_key_name(ledger, name), kNoteCosignature, witness),
          .transport = transport};
}

std::string format_mirror_line(const MirrorKeys& mirror) {
  return std::string(kKeyword) + " " + mirror.name + " " + format_vkey(mirror.witness) + " " +
         to_base64(mirror.transport.view());
}

Result<MirrorKeys> parse_mirror_line(std::string_view line, const Charter& charter) {
  const auto rest = after_keyword(line, kKeyword);
  const auto words = rest ? split_words(*rest) : std::vector<std::string_view>();
  if (words.size() != 3)
    return bad_line("a mirror line is \"mirror\", a name, a witness key and a transport key");
  const std::string name(words[0]);
  if (!valid_office_name(name)) return bad_line("a mirror is 1 to 24 of a-z 0-9 -, first a letter");
  if (charter.office_number(name)) return bad_line(name + " is an office, and no mirror");
  const auto witness = parse_vkey(words[1]);
  const auto transport = fixed_from_base64<PublicKey>(words[2]);
  if (!witness || !transport || !valid_public_key(witness->key) || !valid_public_key(*transport))
    return bad_line("a key of mirror " + name + " does not read");
  if (witness->type != kNoteCosignature || witness->name != witness_key_name(charter.ledger, name))
    return bad_line("the witness key of mirror " + name + " is not named " +
                    witness_key_name(charter.ledger, name));
  return MirrorKeys{.name = name, .witness = *witness, .transport = *transport};
}

std::string cosigner_name(const Cosigner& who, const Charter& charter) {
  if (const auto* office = std::get_if<OfficeNumber>(&who)) return charter.office(*office)->name;
  return std::get<std::string>(who);
}

}  // namespace tallinn
