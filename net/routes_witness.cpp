// C2SP witness (c2sp.org/tlog-witness) of the other offices' logs: answers with the cosignature
// that this office has already given. Entries come over the peer connection, not here, so a
// checkpoint beyond them is 503 until they have come.
#include "ledger/store_notes.h"
#include "net/problem.h"
#include "net/routes_table.h"

namespace tallinn {
namespace {

struct AddCheckpoint {
  LogSize old_size;
  std::vector<Digest> proof;
  std::string note;
};

Result<AddCheckpoint> parse_add_checkpoint(std::string_view body) {
  const auto bad = [] {
    return refuse(Code::malformed,
                  "this is not an add-checkpoint request of c2sp.org/tlog-witness");
  };
  const auto end = body.find("\n\n");
  if (!body.starts_with("old ") || end == std::string_view::npos) return bad();
  AddCheckpoint out{.old_size = {}, .proof = {}, .note = std::string(body.substr(end + 2))};
  std::string_view head = body.substr(4, end - 4);
  for (bool first = true; !head.empty() || first; first = false) {
    const auto line_end = std::min(head.find('\n'), head.size());
    const std::string_view line = head.substr(0, line_end);
    head.remove_prefix(std::min(line_end + 1, head.size()));
    if (first) {
      const auto size = parse_count(line);
      if (!size) return bad();
      out.old_size = LogSize(*size);
    } else {
      const auto hash = fixed_from_base64<Digest>(line);
      if (!hash || out.proof.size() == 63) return bad();
      out.proof.push_back(*hash);
    }
  }
  return out;
}

struct Cosigned {
  Checkpoint checkpoint;
  Note note;
};

Stored<std::optional<Cosigned>> cosigned_by(const RouteCall& call, LogId log, OfficeNumber office) {
  const auto text = call.head->snapshot->get(Family::notes, notes::cosigned_key(log, office));
  if (!text) return std::unexpected(text.error());
  if (!*text) return std::optional<Cosigned>();
  auto note = parse_note(**text);
  auto checkpoint = note ? parse_checkpoint(note->text) : std::unexpected(note.error());
  if (!checkpoint)
    return broken(Fault::corrupt, "a cosigned checkpoint in the store does not parse");
  return Cosigned{.checkpoint = std::move(*checkpoint), .note = std::move(*note)};
}

HttpResponse conflict(LogSize size) {
  return {.status = 409,
          .content_type = "text/x.tlog.size",
          .body = std::to_string(size.value()) + "\n"};
}

HttpResponse cosignature_of(const Cosigned& cosigned, const VerifierKey& witness) {
  for (const NoteSignature& signature : cosigned.note.signatures)
    if (signature.name == witness.name && signature.key_id == witness.id)
      return {.body = format_signature_line(signature)};
  return problem(
      {.code = Code::unavailable, .detail = "this office has not cosigned that log yet"});
}

}  // namespace

HttpResponse answer_add_checkpoint(const RouteCall& call) {
  const auto request = parse_add_checkpoint(call.request.body);
  if (!request) return problem(request.error());
  const auto note = parse_note(request->note);
  const auto checkpoint = note ? parse_checkpoint(note->text) : std::unexpected(note.error());
  if (!checkpoint) return problem(checkpoint.error());
  if (request->old_size > checkpoint->size)
    return problem(
        {.code = Code::malformed, .detail = "the old size is larger than the checkpoint's"});
  const auto log = call.charter().parse_origin(checkpoint->origin);
  if (!log || !call.head->office || log->office == *call.head->office)
    return problem({.code = Code::not_found, .detail = "this office is no witness of that log"});
  const std::array known{call.charter().office(log->office)->log};
  const auto verified = verify_note(*note, known);
  if (!verified || !signed_by(*verified, known[0]))
    return problem(
        {.code = Code::unauthorised, .detail = "the checkpoint is not signed by its log's key"});
  const auto cosigned = cosigned_by(call, *log, *call.head->office);
  if (!cosigned) return fault_response(cosigned.error());
  const LogSize have = *cosigned ? (*cosigned)->checkpoint.size : LogSize(0);
  if (request->old_size != have) return conflict(have);
  if (checkpoint->size > have || !*cosigned)
    return problem({.code = Code::unavailable,
                    .detail = "this office does not hold that much of the log yet; try again"});
  if (checkpoint->root != (*cosigned)->checkpoint.root) return conflict(have);
  return cosignature_of(**cosigned, call.charter().office(*call.head->office)->witness);
}

}  // namespace tallinn
