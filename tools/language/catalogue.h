// Catalogue: the Ukrainian of every English sentence, from the files in tools/language/uk, which
// are in gettext's PO format and lie in the binary. Pure. The English pattern is the key, as a
// msgid is; places are those of tools/language/pattern.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "events/result.h"
#include "tools/language/pattern.h"

namespace tallinn {

/// An entry of a PO file; escapes are resolved.
struct Message {
  std::string english;
  std::string ukrainian;
};
/// Comments, and msgid "" with msgstr "" in pairs; a text may go on over several lines. Error
/// malformed names the line.
Result<std::vector<Message>> parse_po(std::string_view text);

class Catalogue {
 public:
  struct Entry {
    std::string id;
    Pattern english;
    Pattern ukrainian;
  };
  /// What the binary carries, read once. It cannot be malformed: a test reads it.
  static const Catalogue& embedded();
  /// Error: a message whose places do not fit together.
  static Result<Catalogue> make(const std::vector<Message>& messages);

  const std::vector<Entry>& entries() const { return entries_; }
  const Entry* find(std::string_view english) const;

 private:
  std::vector<Entry> entries_;
};

/// The PO files of tools/language/uk, one after the other: made by the build.
std::string_view ukrainian_catalogue();

}  // namespace tallinn
