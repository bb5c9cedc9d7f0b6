// What is said and shown while an office goes from one epoch to the next: by old keys and new ones,
// too early, or beside the event that seals or opens a log.
#include "ledger/store_notes.h"
#include "net/kept_evidence.h"
#include "net/peer_key.h"
#include "tests/sim/epochs.h"

namespace tallinn::sim {
namespace {

Result<void> tell(World& world, std::size_t n, NoteKind kind, const std::string& text) {
  Replica& replica = *world.office(n).replica;
  const auto taken = replica.stage_note({kind, text});
  REQUIRE(taken.has_value());
  REQUIRE(replica.commit(world.now()).has_value());
  return *taken;
}

std::string checkpoint_of_kyiv2(World& world, LogSize size, std::string_view leaf) {
  const std::string origin = world.charter().origin(kKyiv2);
  const std::string text = format_checkpoint({origin, size, leaf_hash(leaf)});
  return format_note({text, {sign_note(origin, test::test_office("kyiv again").log, text)}});
}

std::string promise_of(World& world, Epoch epoch, std::string_view seed) {
  const Promise promise{
      .ledger = world.charter().id,
      .own = {world.charter().origin({OfficeNumber(0), epoch}), LogSize(0), empty_root()},
      .lamport = Lamport(1),
      .holds = {}};
  return sign_promise(promise, world.charter().offices[0].state.name,
                      test::test_office(seed).state);
}

/// The event of a line, as its signers sign it once `change` was made.
template <class Body, class ChangeIt>
Submission changed(World& world, const std::string& line, ChangeIt change) {
  Submission submission = test::submission_of(line, world.charter().id);
  Event event = decode_event(submission.event).value();
  change(std::get<Body>(event.body));
  submission.event = encode_event(event);
  submission.signatures.clear();
  for (const char* party : {"EE", "PL", "UA"})
    submission.signatures.push_back(
        sign_event(test::test_key(party), world.charter().id, submission.event));
  std::ranges::sort(submission.signatures, {}, &EventSignature::key);
  return submission;
}

/// Both know the most of the public record; then the link is cut, and Warsaw seals Kyiv's log.
Change seal_kyiv_behind_a_cut(World& world) {
  begin_record(world, 20);
  const Change change = next_epoch(world, kWarsaw, kKyiv1, "kyiv again", 0);
  world.cut();
  REQUIRE(world.record(kWarsaw, change.sealed).has_value());
  return change;
}

std::string text_between(const std::string& line, const std::string& before) {
  const auto from = line.find(before) + before.size();
  return line.substr(from, line.find('"', from) - from);
}

}  // namespace

TEST_CASE("notes of logs that nobody opens do not push out one that comes too early") {
  World world(41);
  const Change change = seal_kyiv_behind_a_cut(world);
  for (std::uint32_t epoch = 3; epoch < 400; ++epoch)
    CHECK(tell(world, kWarsaw, NoteKind::promise, promise_of(world, Epoch(epoch), "a stranger")));
  CHECK(tell(world, kWarsaw, NoteKind::promise, promise_of(world, Epoch(2), "kyiv again")));
  const auto kept = [&] {
    return *world.head(kWarsaw)->snapshot->get(Family::notes, notes::promise_key(kKyiv2));
  };
  CHECK_FALSE(kept().has_value());
  REQUIRE(world.record(kWarsaw, change.opened).has_value());
  CHECK(kept().has_value());
}

TEST_CASE("evidence of an epoch that is not known yet waits for what opens it") {
  World world(42);
  const Change change = seal_kyiv_behind_a_cut(world);
  const Evidence two_roots =
      evidence_of_pair(EvidenceKind::roots, checkpoint_of_kyiv2(world, LogSize(1), "one history"),
                       checkpoint_of_kyiv2(world, LogSize(1), "another"));
  CHECK(tell(world, kWarsaw, NoteKind::evidence, format_evidence(two_roots)).error().code ==
        Code::behind);
  CHECK(world.head(kWarsaw)->frozen.empty());
  REQUIRE(world.record(kWarsaw, change.opened).has_value());
  CHECK(world.head(kWarsaw)->frozen == std::set<LogId>{kKyiv2});
}

TEST_CASE("the witness key of an epoch that is over raises nothing") {
  World world(43);
  const Change change = seal_kyiv_behind_a_cut(world);
  REQUIRE(world.record(kWarsaw, change.opened).has_value());
  REQUIRE(world.record(kWarsaw, test::kOneMorePledge).has_value());
  const auto before = world.head(kWarsaw);
  REQUIRE(before->replicated[kWarsaw1] < before->held_of(kWarsaw1));
  const auto kept = before->snapshot->get(Family::notes, notes::checkpoint_key(kWarsaw1));
  const auto cosigned_by = [&](std::string_view seed) {
    auto note = *parse_note(kept->value());
    note.signatures.push_back(cosign_note(world.charter().offices[0].witness.name,
                                          test::test_office(seed).witness,
                                          UnixSeconds(1'800'000'000), note.text));
    return format_note(note);
  };
  CHECK(tell(world, kWarsaw, NoteKind::checkpoint, cosigned_by("kyiv")).has_value());
  CHECK(world.head(kWarsaw)->replicated[kWarsaw1] == before->replicated[kWarsaw1]);
  CHECK(tell(world, kWarsaw, NoteKind::checkpoint, cosigned_by("kyiv again")).has_value());
  CHECK(world.head(kWarsaw)->replicated[kWarsaw1] == before->held_of(kWarsaw1));
}

TEST_CASE("a transport key of an epoch that is over is nobody's, whatever a node was told before") {
  World world(50);
  begin_record(world, 20);
  const Change change = next_epoch(world, kWarsaw, kKyiv1, "kyiv again", 9);
  REQUIRE(world.record(kWarsaw, change.sealed).has_value());
  REQUIRE(world.record(kWarsaw, change.opened).has_value());
  const Roster now = world.head(kWarsaw)->roster;
  const Roster before(world.charter());
  const auto key_of = [](const char* seed) {
    return test::test_office(seed).transport.public_key();
  };
  const auto peer_of = [&](const Roster& knows, const Roster& told, const char* seed) {
    const auto peer = peer_with_transport(knows, told, {}, key_of(seed));
    return peer ? peer->name : "nobody";
  };
  CHECK(peer_of(now, before, "kyiv again") == "kyiv");
  CHECK(peer_of(now, before, "warsaw") == "warsaw");
  CHECK(peer_of(now, before, "kyiv") == "nobody");
  CHECK(peer_of(before, now, "kyiv again") == "kyiv");
  CHECK(peer_of(before, now, "a stranger") == "nobody");
}

TEST_CASE("a witness that has new keys cosigns again what the old ones cosigned last") {
  World world(44);
  begin_record(world, 20);
  const Change change = next_epoch(world, kWarsaw, kKyiv1, "kyiv again", 3);
  REQUIRE(world.record(kWarsaw, change.sealed).has_value());
  REQUIRE(world.record(kWarsaw, change.opened).has_value());
  world.run_ms(3'000);
  world.cut();
  world.crash(kKyiv);
  world.start(kKyiv, "kyiv again");
  REQUIRE(world.head(kKyiv)->standing == Standing::may_append);
  const auto head = world.head(kKyiv);
  const LogSize size = head->cosigned.at(kWarsaw1).at(OfficeNumber(0)).size;
  const auto kept =
      head->snapshot->get(Family::notes, notes::cosigned_key(kWarsaw1, OfficeNumber(0)));
  const auto answer = world.office(kKyiv).replica->stage_witness(
      {.old_size = size, .proof = {}, .checkpoint = kept->value()}, world.now());
  REQUIRE_MESSAGE(answer->has_value(), answer->error().detail);
  const std::vector<VerifierKey> known{head->roster.log(kKyiv2)->witness};
  const auto note = parse_note(kept->value());
  const auto lines = parse_signature_lines((*answer)->cosignature);
  REQUIRE(lines.has_value());
  CHECK(verify_note({note->text, *lines}, known)->size() == 1);
}

TEST_CASE("a LogOpened that is refused leaves the roster as it was") {
  World world(45);
  begin_record(world, 20);
  world.cut();
  const Change kyiv = next_epoch(world, kKyiv, kKyiv1, "kyiv again", 4);
  world.crash(kKyiv);
  world.crash(kWarsaw);
  world.start(kKyiv, "kyiv again");
  Submission with_value = test::submission_of(kyiv.opened, world.charter().id);
  with_value.values.push_back({.event = decode_event(with_value.event)->id,
                               .field = Name("site"),
                               .salt = {},
                               .value = "nobody committed to it"});
  CHECK(world.submit(kKyiv, with_value).error().code == Code::invalid_value);
  world.run_ms(200);
  CHECK(world.head(kKyiv)->standing == Standing::not_opened);
  CHECK(world.head(kKyiv)->roster.log(kKyiv2) == nullptr);
  CHECK(world.record(kKyiv, kyiv.opened).has_value());
}

TEST_CASE("an office whose anchor has begun an epoch already does not begin it a second time") {
  World world(46);
  begin_record(world, 20);
  world.cut();
  const Change kyiv = next_epoch(world, kKyiv, kKyiv1, "kyiv again", 5);
  world.crash(kKyiv);
  world.crash(kWarsaw);
  world.office(kKyiv).kept_anchor->own = {kKyiv2, LogSize(1)};
  world.office(kKyiv).kept_anchor->root = leaf_hash("its first entry");
  world.start(kKyiv, "kyiv again");
  CHECK(world.record(kKyiv, kyiv.opened).error().code == Code::not_appending);
  CHECK(world.head(kKyiv)->roster.log(kKyiv2) == nullptr);
}

TEST_CASE("an office that records beside the event that seals its log is sealed, also restarted") {
  World world(47);
  const auto rest = begin_record(world, 20);
  const Change change = next_epoch(world, kWarsaw, kKyiv1, "kyiv again", 6);
  world.cut();
  REQUIRE(world.record(kWarsaw, change.sealed).has_value());
  const auto warsaw = world.head(kWarsaw);
  const auto batch =
      make_batch(*warsaw->snapshot, warsaw->held, world.head(kKyiv)->held, ValuesToo::leave_out);
  Replica& kyiv = *world.office(kKyiv).replica;
  std::size_t staged = 0;
  for (const std::string& line : rest) {
    const auto one =
        kyiv.stage_submission(test::submission_of(line, world.charter().id), world.now());
    REQUIRE(one.has_value());
    staged += one->has_value() ? 1 : 0;
  }
  REQUIRE(staged > 0);
  REQUIRE(kyiv.stage_batch(*batch, Signatures::to_check)->has_value());
  REQUIRE(kyiv.commit(world.now()).has_value());
  CHECK(world.head(kKyiv)->standing == Standing::sealed);
  world.crash(kKyiv);
  world.start(kKyiv);
  CHECK(world.head(kKyiv)->standing == Standing::sealed);
}

TEST_CASE("an event beyond a seal is admitted again, also where another one names it") {
  World world(48);
  const auto rest = begin_record(world, 20);
  const Change change = next_epoch(world, kWarsaw, kKyiv1, "kyiv again", 7);
  world.cut();
  std::string alone;
  for (const std::string& line : rest)
    if (alone.empty() && world.record_here(kKyiv, line)) alone = line;
  REQUIRE_FALSE(alone.empty());
  REQUIRE(world.record(kWarsaw, change.sealed).has_value());
  REQUIRE(world.record(kWarsaw, change.opened).has_value());
  world.connect();
  world.run_ms(4'000);
  world.crash(kKyiv);
  world.start(kKyiv, "kyiv again");
  world.run_ms(3'000);
  const std::string error =
      R"({"id":"0199e52a-a000-7001-8d78-7d89ef3ae1f1","type":"ErrorDeclared","author":")" +
      text_between(alone, R"("author":")") + R"(","occurred":"2025-10-15","body":{"event":")" +
      text_between(alone, R"("id":")") + R"(","reason":"incorrect_data","replaced_by":[]}})";
  const auto declared = world.record(kKyiv, error);
  REQUIRE_MESSAGE(declared.has_value(), declared.error().detail);
  const auto again = world.record(kKyiv, alone);
  REQUIRE_MESSAGE(again.has_value(), again.error().detail);
  CHECK(again->novelty == Admitted::Novelty::fresh);
}

TEST_CASE("a LogOpened says no Lamport time that no log reaches, and four keys of nobody else") {
  World world(49);
  begin_record(world, 20);
  const Change change = next_epoch(world, kWarsaw, kKyiv1, "kyiv again", 8);
  REQUIRE(world.record(kWarsaw, change.sealed).has_value());
  const auto refused_as = [&](auto change_it) -> std::optional<Code> {
    const auto taken = world.submit(kWarsaw, changed<LogOpened>(world, change.opened, change_it));
    return taken ? std::nullopt : std::optional(taken.error().code);
  };
  CHECK(refused_as([](LogOpened& body) { body.after = Lamport(UINT64_MAX); }) ==
        Code::invalid_value);
  CHECK(refused_as([](LogOpened& body) { body.after = Lamport(std::uint64_t{1} << 53); }) ==
        Code::invalid_value);
  CHECK(refused_as([](LogOpened& body) { body.state = body.log; }) == Code::invalid_value);
  CHECK(refused_as([](LogOpened& body) { body.state = test::test_key("EE").public_key(); }) ==
        Code::invalid_value);
  CHECK(world.record(kWarsaw, change.opened).has_value());
}

}  // namespace tallinn::sim
