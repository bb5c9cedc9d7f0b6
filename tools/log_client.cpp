#include "tools/log_client.h"

#include <algorithm>
#include <boost/json.hpp>
#include <memory>
#include <utility>

#include "ledger/file_log_tiles.h"
#include "ledger/file_text.h"
#include "projections/chain.h"

namespace tallinn {

namespace {

std::unexpected<Error> malformed_in(const std::string& target, const Error& error) {
  return refuse(error.code, target + ": " + error.detail);
}

Result<std::string> fetched_over_http(HttpClient& client, const std::string& target) {
  auto response = client.get(target);
  if (!response) return std::unexpected(response.error());
  if (response->status == 404) return refuse(Code::not_found, target + " is not there");
  if (response->status == 403)
    return refuse(Code::unauthorised,
                  target +
                      ": the server answers 403: either it is not there (an object store that "
                      "must not list its objects says so), or reading it is not allowed");
  if (response->status != 200)
    return refuse(Code::unavailable,
                  target + ": the node answers " + std::to_string(response->status));
  return std::move(response->body);
}

}  // namespace

bool says_absent(const Error& error) {
  return error.code == Code::not_found || error.code == Code::unauthorised;
}

std::unexpected<Error> must_be_there(Error error) {
  if (error.code == Code::unauthorised) error.code = Code::unavailable;
  return std::unexpected(std::move(error));
}

Result<LogClient::Fetch> served_at(const std::string& url) {
  auto client = HttpClient::make(url, {});
  if (!client) return std::unexpected(client.error());
  auto shared = std::make_shared<HttpClient>(*std::move(client));
  return [shared](const std::string& target) { return fetched_over_http(*shared, target); };
}

Result<LogClient> LogClient::make(const std::string& url, const Charter& charter) {
  auto fetch = served_at(url);
  if (!fetch) return std::unexpected(fetch.error());
  return LogClient(*std::move(fetch), charter);
}

LogClient::Fetch files_below(const std::string& folder) {
  return [folder](const std::string& target) -> Result<std::string> {
    return read_file(folder + target, kMaxServedBytes);
  };
}

std::string LogClient::folder_of(LogId log) const {
  return "/log/" + charter_->office(log.office)->name + "/" + std::to_string(log.epoch.value()) +
         "/";
}

Result<std::string> LogClient::chain() {
  auto chain = text(std::string("/") + kChainFile);
  if (!chain && says_absent(chain.error())) chain = text("/api/v1/charter?chain=1");
  if (!chain && says_absent(chain.error())) return encode_chain(*charter_, {});
  return chain;
}

Result<Roster> LogClient::roster() {
  const auto file = chain();
  if (!file) return std::unexpected(file.error());
  return verify_chain(*file, *charter_);
}

Result<NodeHolds> LogClient::holds(LogId log) {
  const auto body = text("/api/v1/status");
  if (!body) return must_be_there(body.error());
  const auto incomplete = [] {
    return refuse(Code::malformed, "the node's status does not say what it holds");
  };
  boost::system::error_code failed;
  const auto value = boost::json::parse(*body, failed);
  const auto* status = failed ? nullptr : value.if_object();
  const auto* last = status == nullptr ? nullptr : status->if_contains("last");
  const auto* logs = status == nullptr ? nullptr : status->if_contains("logs");
  if (last == nullptr || !last->is_int64() || last->get_int64() < 0 || logs == nullptr ||
      !logs->is_array())
    return incomplete();
  NodeHolds holds{.size = {},
                  .root = empty_root(),
                  .last = Lamport(static_cast<std::uint64_t>(last->get_int64()))};
  for (const boost::json::value& item : logs->get_array()) {
    const auto* one = item.if_object();
    const auto* origin = one == nullptr ? nullptr : one->if_contains("origin");
    if (origin == nullptr || !origin->is_string() ||
        std::string_view(origin->get_string()) != charter_->origin(log))
      continue;
    const auto* size = one->if_contains("size");
    const auto* text = one->if_contains("root");
    if (size == nullptr || !size->is_int64() || size->get_int64() < 0 || text == nullptr ||
        !text->is_string())
      return incomplete();
    const auto root = fixed_from_base64<Digest>(std::string_view(text->get_string()));
    if (!root) return incomplete();
    holds.size = LogSize(static_cast<std::uint64_t>(size->get_int64()));
    holds.root = *root;
  }
  return holds;
}

Result<std::string> LogClient::checkpoint(LogId log) {
  return text(folder_of(log) + "checkpoint");
}

Result<std::string> LogClient::tile(LogId log, TilePath path) {
  auto body = fetch_(folder_of(log) + format_tile_path(path));
  if (body) return body;
  if (!says_absent(body.error()) || path.width == kTileWidth) return must_be_there(body.error());
  const std::uint32_t width = std::exchange(path.width, kTileWidth);
  auto full = fetch_(folder_of(log) + format_tile_path(path));
  if (!full) return must_be_there(body.error());
  if (path.kind == TilePath::Kind::hashes) return full->substr(0, width * Digest::kSize);
  const auto entries = decode_entry_bundle(*full, kTileWidth);
  if (!entries) return malformed_in(format_tile_path(path), entries.error());
  Bytes beginning;
  for (std::uint32_t i = 0; i < width; ++i) put_bundle_entry(beginning, (*entries)[i]);
  return beginning;
}

Result<std::vector<Bytes>> LogClient::entries(LogId log, LogSize size, LogIndex begin,
                                              std::size_t count) {
  if (begin.value() > size.value() || count > size.value() - begin.value())
    return refuse(Code::malformed, "a log is asked for more than it has");
  std::vector<Bytes> entries;
  const std::uint64_t end = begin.value() + count;
  for (std::uint64_t at = begin.value(); at < end;) {
    const std::uint64_t tile = at / kTileWidth;
    const std::uint64_t first = tile * kTileWidth;
    const auto width =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(kTileWidth, size.value() - first));
    const TilePath path{.kind = TilePath::Kind::entries, .level = 0, .index = tile, .width = width};
    const auto bundle = this->tile(log, path);
    if (!bundle) return std::unexpected(bundle.error());
    const auto decoded = decode_entry_bundle(*bundle, width);
    if (!decoded) return malformed_in(format_tile_path(path), decoded.error());
    for (; at < std::min(end, first + width); ++at) entries.emplace_back((*decoded)[at - first]);
  }
  return entries;
}

Result<std::vector<Digest>> LogClient::row(LogId log, LogSize size, std::uint8_t level,
                                           std::uint64_t first, std::size_t count) {
  const std::uint64_t tile = first / kTileWidth;
  const std::uint64_t offset = first % kTileWidth;
  const std::uint64_t length = tile_row_length(level, size);
  if (first > length || count > length - first || offset + count > kTileWidth)
    return refuse(Code::malformed, "a tile is asked for more than it has");
  const auto width =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(kTileWidth, length - tile * kTileWidth));
  const TilePath path{
      .kind = TilePath::Kind::hashes, .level = level, .index = tile, .width = width};
  const auto body = this->tile(log, path);
  if (!body) return std::unexpected(body.error());
  auto hashes = decode_tile(*body, width);
  if (!hashes) return malformed_in(format_tile_path(path), hashes.error());
  hashes->erase(hashes->begin(), hashes->begin() + static_cast<std::ptrdiff_t>(offset));
  hashes->resize(count);
  return hashes;
}

}  // namespace tallinn
