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
  template <class Self = Bilingual>
  static constexpr auto fields() {
    return std::tuple{member("en", &Self::en), member("uk", &Self::uk)};
  }
};

struct NoteText {
  std::optional<std::string> en;
  std::optional<std::string> uk;
  bool operator==(const NoteText&) const = default;
  template <class Self = NoteText>
  static constexpr auto fields() {
    return std::tuple{member("en", &Self::en, kLong), member("uk", &Self::uk, kLong)};
  }
};

struct Document {
  Digest sha256;
  std::string media_type;
  std::string title;
  bool operator==(const Document&) const = default;
  template <class Self = Document>
  static constexpr auto fields() {
    return std::tuple{member("sha256", &Self::sha256), member("media_type", &Self::media_type),
                      member("title", &Self::title)};
  }
};

struct Withheld {
  Name field;
  Tlp tlp{};
  Digest commitment;
  bool operator==(const Withheld&) const = default;
  template <class Self = Withheld>
  static constexpr auto fields() {
    return std::tuple{member("field", &Self::field), member("tlp", &Self::tlp),
                      member("commitment", &Self::commitment)};
  }
};

struct Source {
  std::string title;
  std::optional<std::string> url;
  std::optional<Digest> sha256;
  bool operator==(const Source&) const = default;
  template <class Self = Source>
  static constexpr auto fields() {
    return std::tuple{member("title", &Self::title), member("url", &Self::url),
                      member("sha256", &Self::sha256)};
  }
};

struct Agreement {
  std::string reference;
  std::optional<Digest> sha256;
  bool operator==(const Agreement&) const = default;
  template <class Self = Agreement>
  static constexpr auto fields() {
    return std::tuple{member("reference", &Self::reference), member("sha256", &Self::sha256)};
  }
};

struct Act {
  std::string number;
  Day date;
  Digest sha256;
  bool operator==(const Act&) const = default;
  template <class Self = Act>
  static constexpr auto fields() {
    return std::tuple{member("number", &Self::number), member("date", &Self::date),
                      member("sha256", &Self::sha256)};
  }
};

struct LogPrefix {
  Epoch epoch;
  LogSize size;
  Digest root;
  bool operator==(const LogPrefix&) const = default;
  template <class Self = LogPrefix>
  static constexpr auto fields() {
    return std::tuple{member("epoch", &Self::epoch), member("size", &Self::size),
                      member("root", &Self::root)};
  }
};

struct Figure {
  Rung rung{};
  Money value;
  bool operator==(const Figure&) const = default;
  template <class Self = Figure>
  static constexpr auto fields() {
    return std::tuple{member("rung", &Self::rung), member("value", &Self::value)};
  }
};

struct NeedLine {
  LineNumber line;
  std::string description;
  Quantity quantity;
  Unit unit{};
  std::optional<Money> estimate;
  bool operator==(const NeedLine&) const = default;
  template <class Self = NeedLine>
  static constexpr auto fields() {
    return std::tuple{member("line", &Self::line), member("description", &Self::description),
                      member("quantity", &Self::quantity), member("unit", &Self::unit),
                      member("estimate", &Self::estimate)};
  }
};

struct DispatchLine {
  LineNumber line;
  Quantity quantity;
  Unit unit{};
  Money value;
  bool operator==(const DispatchLine&) const = default;
  template <class Self = DispatchLine>
  static constexpr auto fields() {
    return std::tuple{member("line", &Self::line), member("quantity", &Self::quantity),
                      member("unit", &Self::unit), member("value", &Self::value)};
  }
};

struct ReceiptLine {
  LineNumber line;
  Quantity quantity;
  Condition condition{};
  bool operator==(const ReceiptLine&) const = default;
  template <class Self = ReceiptLine>
  static constexpr auto fields() {
    return std::tuple{member("line", &Self::line), member("quantity", &Self::quantity),
                      member("condition", &Self::condition)};
  }
};

struct AcceptedLine {
  LineNumber line;
  Quantity quantity;
  Money value;
  bool operator==(const AcceptedLine&) const = default;
  template <class Self = AcceptedLine>
  static constexpr auto fields() {
    return std::tuple{member("line", &Self::line), member("quantity", &Self::quantity),
                      member("value", &Self::value)};
  }
};

struct CountLine {
  LineNumber line;
  Quantity quantity;
  bool operator==(const CountLine&) const = default;
  template <class Self = CountLine>
  static constexpr auto fields() {
    return std::tuple{member("line", &Self::line), member("quantity", &Self::quantity)};
  }
};

}  // namespace tallinn
