#include "tools/language/catalogue.h"

#include <algorithm>

#include "events/assert.h"
#include "tools/language/plural.h"

namespace tallinn {

namespace {

std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i + 1 >= text.size()) return std::nullopt;
    if (text[i] != 'n' && text[i] != 't' && text[i] != '"' && text[i] != '\\') return std::nullopt;
    out += text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i];
  }
  return out;
}

/// Every plural has the language's number of forms.
bool plurals_fit(const Pattern& pattern, Language language) {
  return std::ranges::all_of(pattern.pieces(), [&](const Pattern::Piece& piece) {
    return piece.kind != Pattern::Kind::plural || piece.forms.size() == plural_forms(language);
  });
}

}  // namespace

Result<std::vector<Message>> parse_po(std::string_view text) {
  std::vector<Message> messages;
  std::string* into = nullptr;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const bool id = line.starts_with("msgid ");
    const bool translation = line.starts_with("msgstr ");
    if (id) {
      messages.emplace_back();
      into = &messages.back().english;
      line.remove_prefix(6);
    } else if (translation && into != nullptr && into == &messages.back().english) {
      into = &messages.back().ukrainian;
      line.remove_prefix(7);
    } else if (translation || into == nullptr) {
      into = nullptr;
    }
    const auto piece = unquoted(line);
    if (into == nullptr || !piece)
      return refuse(Code::malformed, "line " + std::to_string(number) + " of the catalogue");
    into->append(*piece);
  }
  std::erase_if(messages, [](const Message& message) { return message.english.empty(); });
  return messages;
}

Result<Catalogue> Catalogue::make(const std::vector<Message>& messages) {
  Catalogue catalogue;
  for (const Message& message : messages) {
    auto english = Pattern::parse(message.english);
    auto ukrainian = Pattern::parse(message.ukrainian);
    if (!english || !ukrainian || message.ukrainian.empty() ||
        english->arguments() != ukrainian->arguments() ||
        !plurals_fit(*english, Language::english) || !plurals_fit(*ukrainian, Language::ukrainian))
      return refuse(Code::malformed, message.english);
    catalogue.entries_.push_back({.id = message.english,
                                  .english = *std::move(english),
                                  .ukrainian = *std::move(ukrainian)});
  }
  return catalogue;
}

const Catalogue& Catalogue::embedded() {
  static const Catalogue kEmbedded = [] {
    const auto messages = parse_po(ukrainian_catalogue());
    TALLINN_ASSERT(messages.has_value());
    auto made = make(*messages);
    TALLINN_ASSERT(made.has_value());
    return *std::move(made);
  }();
  return kEmbedded;
}

const Catalogue::Entry* Catalogue::find(std::string_view english) const {
  const auto found = std::ranges::find(entries_, english, &Entry::id);
  return found == entries_.end() ? nullptr : &*found;
}

}  // namespace tallinn
