#include "tests/scenarios/stage.h"

#include "events/json_codec.h"
#include "ledger/store_notes.h"
#include "ledger/store_standing.h"

namespace tallinn::scenarios {
namespace {

constexpr std::int64_t kArriveMs = 20'000;

constexpr std::array<std::string_view, 2> kNames = {"kyiv", "warsaw"};

/// What the keys of an office's second epoch are made from.
std::string next_seed(std::string_view office) {
  return std::string(office) + "/2";
}

LogId first_log(std::size_t office) {
  return {OfficeNumber(static_cast<std::uint16_t>(office)), Epoch(1)};
}

std::string answer_of(const Labels& labels, const Error& error) {
  return std::string(code_name(error.code)) + " " + (error.field.empty() ? "-" : error.field) +
         " \"" + with_labels(labels, error.detail) + "\"";
}

bool says(const Words& words, std::string_view name) {
  return std::ranges::find(words.said, name, &std::pair<std::string, std::string>::first) !=
         words.said.end();
}

std::string said(const Words& words, std::string_view name) {
  for (const auto& [known, value] : words.said)
    if (known == name) return value;
  return {};
}

}  // namespace

std::vector<Signature> read_signatures(const std::string& cell) {
  std::vector<Signature> out;
  for (std::string who : split(cell, "+")) {
    Signature& signature = out.emplace_back();
    signature.holds = !who.ends_with("!");
    if (!signature.holds) who.pop_back();
    const auto colon = who.find(':');
    signature.party = who.substr(0, colon);
    signature.key = colon == std::string::npos ? who : who.substr(colon + 1);
  }
  return out;
}

/// Size, root and keys are beside the point of a table: what the office holds, keys that are fresh.
void Stage::say_log_words(const Step& step, Words& words) {
  const auto number = world_.charter().office_number(said(words, "office"));
  const auto say = [&](const std::string& name, const std::string& value) {
    if (!says(words, name)) words.said.emplace_back(name, value);
  };
  if (!number || (step.saying.type != "LogSealed" && step.saying.type != "LogOpened")) return;
  const auto head = world_.head(step.office);
  const LogId log = first_log(number->value());
  const LogSize size = head->held_of(log);
  const std::string root = to_hex(StoredLogs(*head->snapshot).root(log, size)->view());
  if (step.saying.type == "LogSealed") {
    say("size", std::to_string(size.value()));
    return say("root", root);
  }
  const OfficePublicKeys keys = public_keys(test::test_office(next_seed(said(words, "office"))));
  const auto say_key = [&](const std::string& name, const PublicKey& key) {
    say(name, to_base64(key.view()));
  };
  say("epoch", "2");
  say("role", number->value() == 0 ? "front" : "back");
  say_key("log", keys.log);
  say_key("witness", keys.witness);
  say_key("state", keys.state);
  say_key("transport", keys.transport);
  say("previous", "1 " + std::to_string(size.value()) + " " + root);
  say("after", std::to_string(head->last.value() + 1'000));
}

Submission Stage::sealed(const Step& step) {
  std::array<std::uint8_t, 10> random{};
  random[9] = static_cast<std::uint8_t>(++made_);
  random[8] = static_cast<std::uint8_t>(made_ >> 8);
  const Uuid id = make_uuid(UnixMillis(1'700'000'000'000), random);
  Saying saying = step.saying;
  say_log_words(step, saying.words);
  const std::string author = step.signatures.at(0).party;
  const auto draft =
      parse_event_json(json_text(spoken_, saying, author, id), test::test_public_key);
  if (!draft) throw draft.error();
  SealedDraft made = seal_draft(*draft, id, test::test_key(author));
  if (const std::string schema = said(saying.words, "schema"); !schema.empty())
    made.event.schema = static_cast<std::uint16_t>(std::stoi(schema));
  Submission out{.event = encode_event(made.event), .signatures = {}, .values = {}, .after = {}};
  for (const Signature& signature : step.signatures) {
    spoken_.labels.keys["@" + signature.key] = test::test_key(signature.key).public_key();
    out.signatures.push_back(
        sign_event(test::test_key(signature.key), world_.charter().id, out.event));
    if (!signature.holds) out.signatures.back().signature.bytes[0] ^= 1;
  }
  std::ranges::sort(out.signatures, {}, &EventSignature::key);
  if (!saying.label.empty()) spoken_.labels.events[saying.label] = made.event.id;
  return out;
}

std::string Stage::submit(const Step& step) {
  const bool again = step.saying.type == "again";
  const std::string label = again ? step.saying.words.head : step.saying.label;
  Submission submission;
  try {
    submission = again ? submitted_.at(label) : sealed(step);
  } catch (const Error& error) {
    return answer_of(spoken_.labels, error);
  }
  if (!label.empty() && !again) submitted_[label] = submission;
  if (const std::string seen = said(step.saying.words, "seen"); !seen.empty()) {
    const Place& place = places_.at(seen);
    submission.after = {{place.log, LogSize(place.index.value() + 1)}};
  }
  if (step.careless) {
    append_careless(step.office, submission);
    arrive();
    return "appended";
  }
  const auto answer = world_.submit_here(step.office, submission);
  arrive();
  if (!answer) return answer_of(spoken_.labels, answer.error());
  if (!label.empty()) places_[label] = answer->place;
  return answer->novelty == Admitted::Novelty::known ? "known" : "ok";
}

Stage::Draft Stage::draft(std::size_t office, const Submission& submission) {
  const auto head = world_.head(office);
  const LogId log = first_log(office), other = first_log(1 - office);
  StoredLogs logs(*head->snapshot);
  const LogSize own = head->held_of(log), seen = head->held_of(other);
  Entry entry{.log = log,
              .lamport = {},
              .seen = {},
              .recorded = world_.now(),
              .event = submission.event,
              .signatures = submission.signatures};
  const auto last_of = [&](LogId of, LogSize size) {
    return logs.lamport_at(of, LogIndex(size.value() - 1)).value();
  };
  std::vector<Lamport> earlier;
  if (seen > LogSize(0)) {
    entry.seen.push_back({other, seen});
    earlier.push_back(last_of(other, seen));
  }
  entry.lamport =
      next_lamport(own > LogSize(0) ? std::optional(last_of(log, own)) : std::nullopt, earlier);
  return {std::move(entry), LogWriter(log, logs.frontier(log, own).value())};
}

void Stage::append_careless(std::size_t office, const Submission& submission) {
  auto [entry, writer] = draft(office, submission);
  world_.rebuild(office, [&](Store& store) {
    Batch batch;
    writer.append(batch, encode_entry(entry), decode_event_header(entry.event)->id, entry.event);
    const LogId log = writer.log();
    const Checkpoint made{world_.charter().origin(log), writer.size(), writer.root()};
    const std::string text = format_checkpoint(made);
    const OfficeKeys keys = test::test_office(world_.charter().office(log.office)->name);
    batch.put(Family::notes, notes::checkpoint_key(log),
              format_note({text, {sign_note(made.origin, keys.log, text)}}));
    put_anchored(batch, log, CommitNumber(anchored_commit(store, log).value().value() + 1));
    REQUIRE(store.commit(std::move(batch)).has_value());
  });
}

void Stage::cut() {
  world_.cut();
  linked_ = false;
}

void Stage::heal() {
  world_.connect();
  linked_ = true;
  arrive();
}

void Stage::start_next_epoch(std::size_t office) {
  world_.replace_disk(office, next_seed(kNames[office]));
  arrive();
}

void Stage::let_pass(std::int64_t milliseconds) {
  world_.skip_ms(milliseconds);
  arrive();
}

void Stage::arrive() {
  for (std::int64_t ms = 0; linked_ && world_.head(0)->held != world_.head(1)->held; ms += 50) {
    REQUIRE_MESSAGE(ms < kArriveMs, "what one office recorded does not arrive at the other");
    world_.run_ms(50);
  }
}

StateRoot Stage::folded_anew(std::size_t office) {
  const auto head = world_.head(office);
  StoredLogs logs(*head->snapshot);
  std::vector<OrderedEntry> entries;
  for (const HeldLog& log : head->held)
    for (std::uint64_t i = 0; i < head->roster.limit(log.log).value() && i < log.size.value(); ++i)
      entries.push_back(
          make_ordered(logs.entry({log.log, LogIndex(i)}).value(), LogIndex(i)).value());
  std::ranges::sort(entries, {}, &OrderedEntry::position);
  EmptyViews nothing;
  Views views(nothing);
  fold_genesis(views, world_.charter());
  for (const OrderedEntry& entry : entries) fold_entry(views, world_.charter(), entry);
  return state_root(views);
}

std::vector<std::string> Stage::converge() {
  if (!linked_) heal();
  const auto settled = [&](std::size_t n) {
    const auto head = world_.head(n);
    return head->settled == head->last && head->joint_state == head->last;
  };
  for (std::int64_t ms = 0; ms < kArriveMs && !(settled(0) && settled(1)); ms += 100)
    world_.run_ms(100);
  std::vector<std::string> out;
  const auto expect = [&](bool holds, const char* otherwise) {
    if (!holds) out.emplace_back(otherwise);
  };
  const auto root = [&](std::size_t n) {
    return look(n, [](const Shown& shown) { return state_root(shown.views); });
  };
  expect(world_.head(0)->held == world_.head(1)->held, "the offices hold different logs");
  expect(settled(0) && settled(1), "not everything is settled in a state that both have signed");
  expect(root(0) == root(1), "the state roots differ");
  expect(root(0) == folded_anew(0), "folding every entry anew gives another state root");
  expect(world_.refusals.empty(), "an office refused what the other one sent");
  for (std::size_t n = 0; n < 2; ++n)
    for (const std::string& alarm : world_.head(n)->alarms) out.push_back("alarm: " + alarm);
  return out;
}

}  // namespace tallinn::scenarios
