#include "tools/line_reader.h"

#include <istream>

namespace tallinn {

std::optional<LineReader::Line> LineReader::next() {
  std::streambuf& bytes = *in_.rdbuf();
  using Traits = std::char_traits<char>;
  Line line;
  bool any = false;
  for (;;) {
    const auto byte = bytes.sbumpc();
    if (Traits::eq_int_type(byte, Traits::eof())) {
      if (!any) return std::nullopt;
      break;
    }
    any = true;
    if (byte == '\n') break;
    if (line.length == Line::Length::too_long) continue;
    line.text += Traits::to_char_type(byte);
    if (line.text.size() > kMaxLineBytes) {
      line.length = Line::Length::too_long;
      line.text = {};
    }
  }
  line.number = ++number_;
  return line;
}

}  // namespace tallinn
