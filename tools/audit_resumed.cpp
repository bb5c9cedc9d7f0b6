#include "tools/audit_resumed.h"

#include <utility>

#include "ledger/file_text.h"
#include "ledger/tiles.h"

namespace tallinn {
namespace {

namespace fs = std::filesystem;

/// The tile of "/log/<office>/<epoch>/tile/...", when it is a full one.
std::optional<TilePath> full_tile(std::string_view target) {
  const auto tile = target.find("/tile/");
  if (!target.starts_with("/log/") || tile == std::string_view::npos) return std::nullopt;
  const auto path = parse_tile_path(target.substr(tile + 1));
  if (!path || path->width != kTileWidth) return std::nullopt;
  return *path;
}

/// A file that was cut short is none.
bool is_whole(const TilePath& tile, BytesView body) {
  return tile.kind == TilePath::Kind::hashes ? decode_tile(body, kTileWidth).has_value()
                                             : decode_entry_bundle(body, kTileWidth).has_value();
}

std::uint64_t bytes_below(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator file(folder, error), end; !error && file != end;
       file.increment(error)) {
    const auto size = file->is_regular_file(error) ? file->file_size(error) : 0;
    if (!error) bytes += size;
  }
  return bytes;
}

}  // namespace

KeptTiles::KeptTiles(fs::path folder, std::uint64_t most_bytes)
    : folder_(std::move(folder)), most_bytes_(most_bytes), bytes_(bytes_below(folder_)) {}

LogClient::Fetch KeptTiles::through(LogClient::Fetch fetch) {
  return [this, fetch = std::move(fetch)](const std::string& target) { return get(target, fetch); };
}

Result<std::string> KeptTiles::get(const std::string& target, const LogClient::Fetch& fetch) {
  const auto tile = full_tile(target);
  if (!tile) return fetch(target);
  const fs::path file = folder_ / target.substr(1);
  if (trusted_)
    if (auto kept = read_file(file, kMaxServedBytes); kept && is_whole(*tile, *kept)) {
      ++used_;
      return kept;
    }
  auto fetched = fetch(target);
  if (!fetched || !is_whole(*tile, *fetched) || bytes_ + fetched->size() > most_bytes_)
    return fetched;
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  if (error) return refuse(Code::unavailable, file.parent_path().string() + ": " + error.message());
  if (auto written = write_file_durably(file, *fetched); !written)
    return std::unexpected(written.error());
  bytes_ += fetched->size();
  return fetched;
}

Result<AuditReport> audit_resumed(KeptTiles& kept, LogSource& source, const Charter& charter,
                                  const AuditOptions& options) {
  auto report = audit(source, charter, options);
  if (!report || report->holds() || kept.used() == 0) return report;
  kept.distrust();
  return audit(source, charter, options);
}

}  // namespace tallinn
