#include "tools/language/tell.h"

#include <unordered_map>

#include "events/assert.h"
#include "tools/language/catalogue.h"

namespace tallinn {

namespace {

using Kind = Pattern::Kind;
using Arguments = std::vector<std::string>;

constexpr int kMaxDepth = 6;  // of parts within parts
constexpr std::size_t kMaxSentenceBytes = 4'096;

struct Told {
  std::string text;
  std::size_t understood = 0;  ///< bytes of the sentence that are not just copied
};

/// Tells a sentence by the pattern that understands most of it, and its parts likewise.
class Teller {
 public:
  explicit Teller(Language language) : language_(language) {}

  Told tell(const std::string& sentence, int depth) {
    if (depth > kMaxDepth || sentence.size() > kMaxSentenceBytes) return {.text = sentence};
    if (const auto known = known_.find(sentence); known != known_.end()) return known->second;
    Told best{.text = sentence};
    for (const Catalogue::Entry& entry : Catalogue::embedded().entries()) {
      if (sentence.find(entry.english.longest_literal()) == sentence.npos) continue;
      auto arguments = entry.english.read(sentence);
      if (!arguments) continue;
      const std::size_t understood = tell_arguments(entry.english, *arguments, depth);
      if (understood > best.understood)
        best = {.text = write(entry, *arguments), .understood = understood};
    }
    return known_[sentence] = best;
  }

  std::string write(const Catalogue::Entry& entry, const Arguments& arguments) const {
    const Pattern& pattern = language_ == Language::ukrainian ? entry.ukrainian : entry.english;
    return pattern.write(arguments, language_);
  }

  /// Parts are told in their place; answers how much of the sentence is understood.
  std::size_t tell_arguments(const Pattern& pattern, Arguments& arguments, int depth) {
    std::size_t understood = pattern.literal_size();
    for (const Pattern::Piece& piece : pattern.pieces()) {
      if (piece.kind == Kind::literal || piece.kind == Kind::text || piece.kind == Kind::plural)
        continue;
      std::string& argument = arguments[piece.argument];
      if (piece.kind != Kind::part) {
        understood += argument.size();
        continue;
      }
      Told part = tell(argument, depth + 1);
      understood += part.understood;
      argument = std::move(part.text);
    }
    return understood;
  }

 private:
  Language language_;
  std::unordered_map<std::string, Told> known_;
};

}  // namespace

std::string tell_all(Language language, std::string_view english, const Arguments& arguments) {
  const Catalogue::Entry* entry = Catalogue::embedded().find(english);
  const auto own = entry == nullptr ? Pattern::parse(english) : std::nullopt;
  TALLINN_ASSERT(entry != nullptr || own);
  const Pattern& pattern = entry != nullptr ? entry->english : *own;
  TALLINN_ASSERT(arguments.size() >= pattern.arguments());
  Teller teller(language);
  Arguments told_arguments = arguments;
  teller.tell_arguments(pattern, told_arguments, 0);
  return entry != nullptr ? teller.write(*entry, told_arguments)
                          : pattern.write(told_arguments, language);
}

std::string told(Language language, std::string_view sentence) {
  return Teller(language).tell(std::string(sentence), 0).text;
}

}  // namespace tallinn
