// Logs as c2sp.org/tlog-tiles serves them: checkpoints, tiles, entry bundles.
#include "ledger/store_checkpoints.h"
#include "net/conditional.h"
#include "net/gzip.h"
#include "net/problem.h"
#include "net/routes_table.h"

namespace tallinn {
namespace {

constexpr std::string_view kForEver = "public, max-age=31536000, immutable";

HttpResponse not_found(std::string detail) {
  return problem({.code = Code::not_found, .detail = std::move(detail)});
}

/// Entry bundles are text for the most part and compress well; hashes do not. A range is one of the
/// plain bytes.
Coding coding_for(const TilePath& tile, const HttpRequest& request) {
  const bool gzip = tile.kind == TilePath::Kind::entries && request.header("range").empty() &&
                    accepts_coding(request.header("accept-encoding"), "gzip");
  return gzip ? Coding::gzip : Coding::identity;
}

HttpResponse make_tile_response(Bytes body, const TilePath& tile, Coding coding) {
  HttpResponse response{.content_type = "application/octet-stream", .body = std::move(body)};
  response.headers.emplace_back("Cache-Control", std::string(kForEver));
  response.headers.emplace_back("Accept-Ranges", "bytes");
  if (tile.kind == TilePath::Kind::entries)
    response.headers.emplace_back("Vary", "Accept-Encoding");
  if (coding == Coding::gzip) {
    if (auto smaller = gzipped(response.body)) {
      response.body = *std::move(smaller);
      response.headers.emplace_back("Content-Encoding", "gzip");
    }
  }
  response.headers.emplace_back("ETag", body_tag(response.body));
  return response;
}

}  // namespace

HttpResponse answer_checkpoint(const RouteCall& call) {
  const auto log = log_of_path(call.charter(), call.args[0], call.args[1]);
  if (!log) return problem(log.error());
  // One that is beyond what is held would promise tiles that are not here.
  auto checkpoint = provable_checkpoint(*call.head->snapshot, {*log, call.head->held_of(*log)});
  if (!checkpoint) return fault_response(checkpoint.error());
  if (!*checkpoint) return not_found("this node has no checkpoint of that log yet");
  return {.body = std::move((*checkpoint)->note)};
}

std::shared_ptr<const HttpResponse> answer_tile(const RouteCall& call) {
  const auto own = [](HttpResponse response) {
    return std::make_shared<const HttpResponse>(std::move(response));
  };
  const auto log = log_of_path(call.charter(), call.args[0], call.args[1]);
  if (!log) return own(problem(log.error()));
  const std::string_view target = call.request.target;
  const auto tile = parse_tile_path(call.args[2]);
  if (!tile || !target.ends_with(call.args[2]))  // one spelling only: nothing escaped
    return own(not_found("this is not the name of a tile"));
  if (!tile_exists(*tile, call.head->held_of(*log)))
    return own(not_found("the log has not grown that far here"));
  TileCache& cache = call.routes.tiles;
  const TileCache::Key key{.log = *log, .tile = *tile, .coding = coding_for(*tile, call.request)};
  if (auto ready = cache.get(key)) return ready;
  auto body = StoredLogs(*call.head->snapshot).tile(*log, *tile);
  if (!body) return own(fault_response(body.error()));
  auto made = own(make_tile_response(*std::move(body), *tile, key.coding));
  cache.put(key, made);
  return made;
}

}  // namespace tallinn
