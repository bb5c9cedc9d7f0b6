#include "net/http_head.h"

#include <algorithm>

#include "net/problem.h"

namespace tallinn {
namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

void put_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value);
  std::replace_if(out.end() - static_cast<std::ptrdiff_t>(value.size()), out.end(), is_control,
                  ' ');
  out.append("\r\n");
}

}  // namespace

void put_head(std::string& out, const HttpAnswer& answer, const HttpHead& head) {
  const HttpResponse& response = *answer.response;
  out.append(head.version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ")
      .append(std::to_string(response.status))
      .append(" ")
      .append(status_text(response.status))
      .append("\r\n");
  if (response.status != 304) {
    put_header(out, "Content-Type", response.content_type);
    if (!answer.stream)
      put_header(out, "Content-Length", std::to_string(response.body.size()));
    else if (head.chunked())
      put_header(out, "Transfer-Encoding", "chunked");
  }
  for (const auto& [name, value] : response.headers) put_header(out, name, value);
  if (!answer.date.empty()) put_header(out, "Date", answer.date);
  if (head.after == HttpHead::After::close)
    put_header(out, "Connection", "close");
  else if (head.version == 10)
    put_header(out, "Connection", "keep-alive");
  out.append("\r\n");
}

}  // namespace tallinn
