#include "net/conditional.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "net/problem.h"

namespace tallinn {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The next member of a list that commas separate, outside of quotes.
std::string_view take_member(std::string_view& list) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < list.size() && (quoted || list[end] != ','); ++end)
    if (list[end] == '"') quoted = !quoted;
  const std::string_view member = trimmed(list.substr(0, end));
  list.remove_prefix(std::min(end + 1, list.size()));
  return member;
}

std::string_view header_of(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return {};
}

/// What a 304, a 412 or a 416 keeps of the whole answer.
HttpResponse without_body(unsigned status, const HttpResponse& full) {
  HttpResponse out =
      status == 304 ? HttpResponse{.status = 304} : problem_of_status(status, status_text(status));
  std::erase_if(out.headers, [](const auto& header) { return header.first == "Cache-Control"; });
  for (const std::string_view name : {"ETag", "Cache-Control", "Vary"})
    if (const auto value = header_of(full, name); !value.empty())
      out.headers.emplace_back(std::string(name), std::string(value));
  return out;
}

struct ByteRange {
  std::size_t first = 0;
  std::size_t last = 0;  ///< inclusive
};
enum class RangeKind : std::uint8_t { none, unsatisfiable, one };

std::optional<std::size_t> parse_position(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "bytes=0-99", "bytes=100-", "bytes=-100"; anything else is no range to us.
RangeKind parse_range(std::string_view header, std::size_t size, ByteRange& range) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return RangeKind::none;
  const std::string_view spec = trimmed(header.substr(kUnit.size()));
  const auto dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos)
    return RangeKind::none;
  const auto first = parse_position(spec.substr(0, dash));
  const auto last = parse_position(spec.substr(dash + 1));
  if (dash == 0) {
    if (!last) return RangeKind::none;
    if (*last == 0 || size == 0) return RangeKind::unsatisfiable;
    range = {.first = size - std::min(*last, size), .last = size - 1};
    return RangeKind::one;
  }
  if (!first || (!last && dash + 1 != spec.size()) || (last && *last < *first))
    return RangeKind::none;
  if (*first >= size) return RangeKind::unsatisfiable;
  range = {.first = *first, .last = std::min(last.value_or(size - 1), size - 1)};
  return RangeKind::one;
}

HttpResponse ranged(const HttpRequest& request, HttpResponse full, std::string_view tag) {
  const auto header = request.header("range");
  const auto if_range = request.header("if-range");
  if (header.empty() || request.method != "GET" || (!if_range.empty() && if_range != tag))
    return full;
  ByteRange range;
  const std::string size = std::to_string(full.body.size());
  switch (parse_range(header, full.body.size(), range)) {
    case RangeKind::none: return full;
    case RangeKind::unsatisfiable: {
      HttpResponse out = without_body(416, full);
      out.headers.emplace_back("Content-Range", "bytes */" + size);
      return out;
    }
    case RangeKind::one: break;
  }
  full.status = 206;
  full.body = full.body.substr(range.first, range.last - range.first + 1);
  full.headers.emplace_back("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                                 std::to_string(range.last) + "/" + size);
  return full;
}

}  // namespace

bool names_tag(std::string_view list, std::string_view tag, TagComparison how) {
  if (trimmed(list) == "*") return true;
  while (!list.empty()) {
    std::string_view member = take_member(list);
    if (how == TagComparison::weak && member.starts_with("W/")) member.remove_prefix(2);
    if (member == tag) return true;
  }
  return false;
}

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) {
  std::optional<bool> named;
  bool any = false;
  while (!accept_encoding.empty()) {
    const std::string_view member = take_member(accept_encoding);
    const auto semicolon = member.find(';');
    const std::string_view name = trimmed(member.substr(0, semicolon));
    bool allowed = true;
    if (semicolon != std::string_view::npos) {
      const std::string_view weight = trimmed(member.substr(semicolon + 1));
      allowed = !(weight.starts_with("q=0") &&
                  weight.find_first_not_of("0.", 2) == std::string_view::npos);
    }
    if (std::ranges::equal(name, coding, {},
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; }))
      named = allowed;
    else if (name == "*")
      any = allowed;
  }
  return named.value_or(any);
}

bool has_conditions(const HttpRequest& request) {
  return std::ranges::any_of(request.headers, [](const auto& header) {
    return header.first == "if-match" || header.first == "if-none-match" || header.first == "range";
  });
}

HttpResponse conditional(const HttpRequest& request, HttpResponse full) {
  const std::string tag(header_of(full, "ETag"));
  if (full.status != 200 || tag.empty()) return full;
  const auto if_match = request.header("if-match");
  if (!if_match.empty() && !names_tag(if_match, tag, TagComparison::strong))
    return without_body(412, full);
  const auto if_none_match = request.header("if-none-match");
  if (!if_none_match.empty() && names_tag(if_none_match, tag, TagComparison::weak))
    return without_body(304, full);
  return ranged(request, std::move(full), tag);
}

}  // namespace tallinn
