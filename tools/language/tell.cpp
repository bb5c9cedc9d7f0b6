#include "tools/language/tell.h"

#include "tools/language/catalogue.h"

namespace tallinn {

namespace {

constexpr int kMaxDepth = 8;  // of parts within parts
constexpr std::size_t kMaxSentenceBytes = 4'096;

std::string told_at(Language language, std::string_view sentence, int depth);

std::string write(Language language, const Catalogue::Entry& entry,
                  const std::vector<std::string>& arguments, int depth) {
  const Pattern& pattern = language == Language::ukrainian ? entry.ukrainian : entry.english;
  return pattern.write(arguments, {.language = language, .part = told_at, .depth = depth});
}

std::string told_at(Language language, std::string_view sentence, int depth) {
  if (depth > kMaxDepth || sentence.size() > kMaxSentenceBytes) return std::string(sentence);
  for (const Catalogue::Entry& entry : Catalogue::embedded().entries()) {
    if (sentence.find(entry.english.longest_literal()) == sentence.npos) continue;
    if (const auto arguments = entry.english.read(sentence))
      return write(language, entry, *arguments, depth);
  }
  return std::string(sentence);
}

}  // namespace

std::string tell_all(Language language, std::string_view english,
                     const std::vector<std::string>& arguments) {
  if (const Catalogue::Entry* entry = Catalogue::embedded().find(english))
    return write(language, *entry, arguments, 0);
  const auto pattern = Pattern::parse(english);
  return pattern ? pattern->write(arguments, {.language = language, .part = told_at, .depth = 0})
                 : std::string(english);
}

std::string told(Language language, std::string_view sentence) {
  return told_at(language, sentence, 0);
}

}  // namespace tallinn
