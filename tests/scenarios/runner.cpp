#include "tests/scenarios/runner.h"

#include <algorithm>

#include "tests/scenarios/stage.h"

namespace tallinn::scenarios {
namespace {

constexpr std::array<std::string_view, 2> kOffices = {"kyiv", "warsaw"};

std::optional<std::size_t> office_named(std::string_view name) {
  const auto found = std::ranges::find(kOffices, name);
  if (found == kOffices.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kOffices.begin());
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : "; ") + part;
  return out.empty() ? "none" : out;
}

std::string cell(const Row& row, std::size_t index) {
  return index < row.cells.size() ? row.cells[index] : std::string();
}

void expect_cells(const Row& row, std::size_t least, std::size_t most) {
  if (row.cells.size() < least || row.cells.size() > most)
    throw Misread(row.line, "a row of `" + row.cells[0] + "` has " + std::to_string(least) +
                                (most > least ? " or " + std::to_string(most) : "") + " cells");
}

class Player {
 public:
  explicit Player(const Table& table) : table_(table) {}

  Played play() {
    for (const Row& row : table_.rows) play_guarded(row);
    const Row& last = table_.rows.back();
    if (last.cells[0] != "expect" || cell(last, 1) != "exceptions")
      fail(last.line, "a scenario ends with the row `expect | exceptions | ...`");
    for (std::string& otherwise : stage_.converge()) fail(last.line, std::move(otherwise));
    return std::move(played_);
  }

 private:
  void fail(int line, std::string text) {
    played_.failures.push_back({table_.file, line, std::move(text)});
  }
  void compare(const Row& row, const std::string& what, const std::string& expected,
               const std::string& got) {
    if (expected != got)
      fail(row.line, what + "\n  expected: " + expected + "\n  got:      " + got);
  }
  void play_guarded(const Row& row) {
    try {
      play_row(row);
    } catch (const Misread& misread) {
      fail(misread.line, misread.what());
    } catch (const std::exception& other) {
      fail(row.line, other.what());
    }
  }

  void play_row(const Row& row);
  void event_row(const Row& row, std::size_t office, bool careless);
  void world_row(const Row& row);
  void party_row(const Row& row);
  void check(const Row& row, std::size_t office, const std::string& what,
             const std::string& expected);
  void check_things(const Row& row, std::size_t office, const std::string& cell);
  void check_thing(const Row& row, std::size_t office, const std::string& what,
                   const std::string& name, const std::string& words);
  void note_exceptions(std::size_t office);

  const Table& table_;
  Stage stage_;
  std::map<std::string, std::string> types_;  ///< by label
  std::array<std::vector<std::string>, 2> open_;
  Played played_;
};

void Player::play_row(const Row& row) {
  const std::string& first = row.cells[0];
  const bool careless = first.ends_with(" careless");
  if (const auto office = office_named(careless ? first.substr(0, first.find(' ')) : first))
    return event_row(row, *office, careless);
  if (first == "world") return world_row(row);
  if (first == "party") return party_row(row);
  if (first == "link") {
    expect_cells(row, 2, 2);
    if (row.cells[1] != "cut" && row.cells[1] != "heals")
      throw Misread(row.line, "a link is `cut`, or it `heals`");
    if (row.cells[1] == "cut")
      stage_.cut();
    else
      stage_.heal();
    for (std::size_t n = 0; n < 2; ++n) note_exceptions(n);
    return;
  }
  if (first == "next epoch") {
    expect_cells(row, 2, 2);
    const auto office = office_named(row.cells[1]);
    if (!office) throw Misread(row.line, "there is no office " + row.cells[1]);
    return stage_.start_next_epoch(*office);
  }
  if (first == "clock") {
    expect_cells(row, 2, 2);
    if (!row.cells[1].ends_with(" hours"))
      throw Misread(row.line, "the clock goes on by `N hours`");
    return stage_.let_pass(std::stoll(row.cells[1]) * 3'600'000);
  }
  expect_cells(row, 3, 3);
  if (first == "expect") {
    check(row, 0, row.cells[1], row.cells[2]);
    return check(row, 1, row.cells[1], row.cells[2]);
  }
  const auto at = first.starts_with("at ") ? office_named(first.substr(3)) : std::nullopt;
  if (!at) throw Misread(row.line, "a row does not begin with `" + first + "`");
  check(row, *at, row.cells[1], row.cells[2]);
}

void Player::event_row(const Row& row, std::size_t office, bool careless) {
  expect_cells(row, 4, 5);
  const Saying saying = read_saying(row.cells[2]);
  const std::string answer =
      stage_.submit({office, read_signatures(row.cells[1]), saying, careless});
  compare(row, "answer", row.cells[3], answer);
  if (!saying.label.empty()) types_[saying.label] = saying.type;
  if (answer == "ok" && saying.type != "again") {
    played_.covered.admitted.insert(saying.type);
    for (const auto& [name, value] : saying.words.said)
      if (saying.type == "ErrorDeclared" && name == "event")
        played_.covered.corrected.insert(types_[value]);
  } else if (answer.ends_with('"')) {
    played_.covered.refused.insert(answer.substr(0, answer.find(' ')));
  }
  for (std::size_t n = 0; n < 2; ++n) note_exceptions(n);
  check_things(row, office, cell(row, 4));
}

void Player::world_row(const Row& row) {
  expect_cells(row, 2, 2);
  const std::string path = "tests/scenarios/worlds/" + row.cells[1] + ".txt";
  const Table world = read_table(path, test::read_file(test::source_dir() + "/" + path));
  for (const Row& party : world.rows) play_row(party);
}

void Player::party_row(const Row& row) {
  expect_cells(row, 4, 4);
  const std::string& party = row.cells[1];
  const auto govern = [&](const std::string& event) {
    const std::string answer =
        stage_.submit({1, read_signatures("EE+UA"), read_saying(event), false});
    compare(row, event, "ok", answer);
  };
  govern("PartyAdmitted party=" + party + " kind=" + row.cells[2] + " name=" + party);
  std::string roles;
  for (const std::string& role : split(row.cells[3], " "))
    roles += (roles.empty() ? "" : ", ") + role;
  govern("KeyEnrolled party=" + party + " key=@" + party + " roles=" + roles);
}

/// Which exceptions opened, were resolved or vanished since the last look.
void Player::note_exceptions(std::size_t office) {
  auto now = stage_.look(office, exceptions_of);
  const auto code = [](const std::string& line) { return line.substr(0, line.find('/')); };
  const auto id = [](const std::string& line) { return line.substr(0, line.find(' ')); };
  for (const std::string& line : now)
    (line.ends_with(" open") ? played_.covered.opened : played_.covered.resolved)
        .insert(code(line));
  for (const std::string& before : open_[office])
    if (std::ranges::find(now, id(before), id) == now.end())
      played_.covered.vanished.insert(code(before));
  open_[office] = std::move(now);
}

void Player::check(const Row& row, std::size_t office, const std::string& what,
                   const std::string& expected) {
  const std::string at = what + " at " + std::string(kOffices[office]);
  const auto space = what.find(' ');
  const std::string kind = what.substr(0, space);
  const std::string name = space == std::string::npos ? "" : what.substr(space + 1);
  if (what == "exceptions")
    return compare(row, at, expected, joined(stage_.look(office, exceptions_of)));
  stage_.look(office, [&](const Shown& shown) {
    if (kind == "exception")
      compare(row, at, expected, "\"" + sentence_of(shown, name) + "\"");
    else if (kind == "ladder")
      compare(row, at, expected, joined(ladder_of(shown, name)));
    else if (kind == "trail")
      compare(row, at, expected, trail_of(shown, name));
    else
      check_thing(row, office, kind, name, expected);
  });
}

/// "need UA-1: covered 1.allocated=5; delivery C-1: dispatched".
void Player::check_things(const Row& row, std::size_t office, const std::string& cell) {
  for (const std::string& thing : split(cell, "; ")) {
    const auto colon = thing.find(": ");
    const auto space = thing.find(' ');
    if (colon == std::string::npos || space > colon)
      throw Misread(row.line, "say `kind NAME: state word=value...`, not `" + thing + "`");
    check_thing(row, office, thing.substr(0, space), thing.substr(space + 1, colon - space - 1),
                thing.substr(colon + 2));
  }
}

void Player::check_thing(const Row& row, std::size_t office, const std::string& what,
                         const std::string& name, const std::string& expected) {
  const std::string at = what + " " + name + " at " + std::string(kOffices[office]);
  const auto facts =
      stage_.look(office, [&](const Shown& shown) { return facts_of(shown, what, name); });
  const Words words = read_words(expected);
  if (!facts) return compare(row, at, words.head, "nothing");
  const auto fact = [&](const std::string& word) {
    const auto found = facts->find(word);
    return found == facts->end() ? std::string("not said") : found->second;
  };
  if (!words.head.empty()) compare(row, at, words.head, fact("state"));
  for (const auto& [word, value] : words.said) compare(row, at + ", " + word, value, fact(word));
}

}  // namespace

Played play(const Table& table) {
  return Player(table).play();
}

}  // namespace tallinn::scenarios
