// Parts: the smaller records that several events share.
// Pure values; shapes and meanings are docs/domain.md's, field order is events/event.fbs's.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "events/bytes.h"
#include "events/date.h"
#include "events/fields.h"
#include "events/money.h"
#include "events/strong.h"
#include "events/vocabulary.h"

namespace tallinn {

using LineNumber =
    Strong<struct LineNumberTag, std::uint16_t>;     ///< a line of a need or consignment, from 1
using Year = Strong<struct YearTag, std::uint16_t>;  ///< budget year, 2000 to 2199
using Priority = Strong<struct PriorityTag, std::uint8_t>;  ///< 1 (first) to 5
using DecimalRate = Strong<struct DecimalRateTag,
                           std::string>;  ///< positive decimal text, at most 12 digits a side

struct Bilingual {
  std::string en;
  std::string uk;
  bool operator==(const Bilingual&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("en", &Bilingual::en), member("uk", &Bilingual::uk)};
  }
};

struct NoteText {
  std::optional<std::string> en;
  std::optional<std::string> uk;
  bool operator==(const NoteText&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("en", &NoteText::en, kLong), member("uk", &NoteText::uk, kLong)};
  }
};

struct Document {
  Digest sha256;
  std::string media_type;
  std::string title;
  bool operator==(const Document&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("sha256", &Document::sha256),
                      member("media_type", &Document::media_type),
                      member("title", &Document::title)};
  }
};

struct Withheld {
  Name field;
  Tlp tlp{};
  Digest commitment;
  bool operator==(const Withheld&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("field", &Withheld::field), member("tlp", &Withheld::tlp),
                      member("commitment", &Withheld::commitment)};
  }
};

struct Source {
  std::string title;
  std::optional<std::string> url;
  std::optional<Digest> sha256;
  bool operator==(const Source&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("title", &Source::title), member("url", &Source::url),
                      member("sha256", &Source::sha256)};
  }
};

struct Agreement {
  std::string reference;
  std::optional<Digest> sha256;
  bool operator==(const Agreement&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("reference", &Agreement::reference),
                      member("sha256", &Agreement::sha256)};
  }
};

struct Act {
  std::string number;
  Day date;
  Digest sha256;
  bool operator==(const Act&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("number", &Act::number), member("date", &Act::date),
                      member("sha256", &Act::sha256)};
  }
};

struct LogPrefix {
  Epoch epoch;
  LogSize size;
  Digest root;
  bool operator==(const LogPrefix&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("epoch", &LogPrefix::epoch), member("size", &LogPrefix::size),
                      member("root", &LogPrefix::root)};
  }
};

struct Figure {
  Rung rung{};
  Money value;
  bool operator==(const Figure&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("rung", &Figure::rung), member("value", &Figure::value)};
  }
};

struct NeedLine {
  LineNumber line;
  std::string description;
  Quantity quantity;
  Unit unit{};
  std::optional<Money> estimate;
  bool operator==(const NeedLine&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("line", &NeedLine::line),
                      member("description", &NeedLine::description),
                      member("quantity", &NeedLine::quantity), member("unit", &NeedLine::unit),
                      member("estimate", &NeedLine::estimate)};
  }
};

struct DispatchLine {
  LineNumber line;
  Quantity quantity;
  Unit unit{};
  Money value;
  bool operator==(const DispatchLine&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("line", &DispatchLine::line),
                      member("quantity", &DispatchLine::quantity),
                      member("unit", &DispatchLine::unit), member("value", &DispatchLine::value)};
  }
};

struct ReceiptLine {
  LineNumber line;
  Quantity quantity;
  Condition condition{};
  bool operator==(const ReceiptLine&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("line", &ReceiptLine::line),
                      member("quantity", &ReceiptLine::quantity),
                      member("condition", &ReceiptLine::condition)};
  }
};

struct AcceptedLine {
  LineNumber line;
  Quantity quantity;
  Money value;
  bool operator==(const AcceptedLine&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("line", &AcceptedLine::line),
                      member("quantity", &AcceptedLine::quantity),
                      member("value", &AcceptedLine::value)};
  }
};

struct CountLine {
  LineNumber line;
  Quantity quantity;
  bool operator==(const CountLine&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("line", &CountLine::line), member("quantity", &CountLine::quantity)};
  }
};

}  // namespace tallinn
