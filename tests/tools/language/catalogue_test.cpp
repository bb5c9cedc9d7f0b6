#include "tools/language/catalogue.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "tools/language/plural.h"
#include "tools/language/tell.h"

using namespace tallinn;

namespace {

/// Characters of Cyrillic, which begin with these bytes in UTF-8.
bool has_cyrillic(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c == '\xd0' || c == '\xd1'; });
}
bool has_letters(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}

/// The arguments that are told as themselves: all but those that only choose a noun's form.
std::set<std::size_t> told_arguments(const Pattern& pattern) {
  std::set<std::size_t> arguments;
  for (const Pattern::Piece& piece : pattern.pieces())
    if (piece.kind != Pattern::Kind::literal && piece.kind != Pattern::Kind::plural)
      arguments.insert(piece.argument);
  return arguments;
}

}  // namespace

TEST_CASE("a PO file is read, with comments, escapes and texts over several lines") {
  const auto messages = parse_po(
      "# who made it\nmsgid \"\"\nmsgstr \"\"\n\"Language: uk\\n\"\n\n"
      "#: place\nmsgid \"a \\\"b\\\"\\n\"\n\"c\"\nmsgstr \"\"\n\"x\"\n\"y\\\\\"\n");
  REQUIRE(messages.has_value());
  REQUIRE(messages->size() == 1);
  CHECK(messages->front().english == "a \"b\"\nc");
  CHECK(messages->front().ukrainian == "xy\\");
}

TEST_CASE("a PO file that does not read is refused with its line") {
  for (const char* text :
       {"msgstr \"x\"\n", "msgid x\n", "msgid \"a\nmsgstr \"b\"\n",
        "msgid \"a\"\nmsgstr \"b\\q\"\n", "msgid \"a\"\nmsgstr \"b\"\nmsgstr \"c\"\n"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_po(text).has_value());
  }
  CHECK(parse_po("msgid \"a\"\nx\n").error().detail == "line 2 of the catalogue");
}

TEST_CASE("a message whose places do not fit together is refused") {
  const auto made = [](const char* english, const char* ukrainian) {
    return Catalogue::make({{.english = english, .ukrainian = ukrainian}}).has_value();
  };
  CHECK(made("{0} of {1}", "{1} з {0}"));
  CHECK_FALSE(made("{0} of {1}", "{0}"));
  CHECK_FALSE(made("x", ""));
  CHECK_FALSE(made("{0:a|b}", "{0:а|б}"));
  CHECK_FALSE(made("{0:a|b|c}", "{0:а|б|в}"));
  CHECK_FALSE(made("{0:colour}", "{0}"));
}

TEST_CASE("every message of the binary is told in Ukrainian, with all it is told with in English") {
  const auto messages = parse_po(ukrainian_catalogue());
  REQUIRE(messages.has_value());
  std::set<std::string> ids;
  for (const Message& message : *messages) {
    CAPTURE(message.english);
    CHECK(ids.insert(message.english).second);
    const auto made = Catalogue::make({message});
    REQUIRE(made.has_value());
    const Catalogue::Entry& entry = made->entries().front();
    CHECK(told_arguments(entry.english) == told_arguments(entry.ukrainian));
    std::string words;
    for (const Pattern::Piece& piece : entry.english.pieces())
      words += piece.kind == Pattern::Kind::word ? "слово" : piece.literal;
    CHECK((has_cyrillic(message.ukrainian) || has_cyrillic(words) || !has_letters(words)));
    CHECK(entry.english.literal_size() >= 2);
  }
  CHECK(messages->size() > 500);
  CHECK(Catalogue::embedded().entries().size() == messages->size());
}

namespace {

/// Canonical arguments of every kind.
std::vector<std::string> sample_of(const Pattern& pattern) {
  std::vector<std::string> arguments;
  for (std::size_t i = 0; i < pattern.arguments(); ++i)
    arguments.push_back("§" + std::to_string(i));
  for (const Pattern::Piece& piece : pattern.pieces()) {
    using enum Pattern::Kind;
    if (piece.kind == literal) continue;
    std::string& argument = arguments[piece.argument];
    if (piece.kind == count || piece.kind == number) argument = "7";
    if (piece.kind == word) argument = "settled";
    if (piece.kind == money) argument = "7.00 EUR";
    if (piece.kind == date) argument = "2024-12-11";
  }
  return arguments;
}

/// The sentence as the layers below say it.
std::string said(const Pattern& pattern, const std::vector<std::string>& arguments) {
  std::string sentence;
  for (const Pattern::Piece& piece : pattern.pieces()) {
    using enum Pattern::Kind;
    sentence += piece.kind == literal  ? piece.literal
                : piece.kind == plural ? piece.forms.back()
                                       : arguments[piece.argument];
  }
  return sentence;
}

}  // namespace

TEST_CASE("every sentence that a message of the binary may write is told by that message") {
  for (const Catalogue::Entry& entry : Catalogue::embedded().entries()) {
    CAPTURE(entry.id);
    const auto arguments = sample_of(entry.english);
    const std::string sentence = said(entry.english, arguments);
    CHECK(entry.english.read(sentence) == arguments);
    CHECK(told(Language::ukrainian, sentence) ==
          tell_all(Language::ukrainian, entry.id, arguments));
  }
}
