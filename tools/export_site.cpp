#include "tools/export_site.h"

#include <algorithm>
#include <array>

#include "ledger/file_log_tiles.h"
#include "ledger/note.h"
#include "projections/chain.h"
#include "tools/export_published.h"
#include "tools/kept_checkpoints.h"
#include "tools/log_client.h"

namespace tallinn {

namespace {

/// One log on its way to the site.
struct Export {
  LogSource::Log log;
  std::string folder;  ///< "log/kyiv/1/"
  Checkpoint checkpoint;
  std::string note;  ///< the checkpoint with every signature known
  LogSize before;
};

/// The newest checkpoint, with the signatures that others of the same text have.
Result<std::string> newest_note(const std::vector<std::string>& notes) {
  if (notes.empty()) return refuse(Code::unavailable, "there is no checkpoint yet");
  auto newest = parse_note(notes.front());
  if (!newest) return std::unexpected(newest.error());
  for (const std::string& text : notes) {
    const auto other = parse_note(text);
    if (!other || other->text != newest->text) continue;
    for (const NoteSignature& line : other->signatures)
      if (std::ranges::find(newest->signatures, line) == newest->signatures.end())
        newest->signatures.push_back(line);
  }
  return format_note(*newest);
}

/// Makes the tiles of a log from its entries, from the last full tile of the site on.
class TileMaker {
 public:
  TileMaker(SiteFiles& files, const Charter& charter, const Export& what)
      : files_(files),
        what_(what),
        client_([&files](const std::string& target) { return files.read(target.substr(1)); },
                charter),
        begin_(what.before.value() / kTileWidth * kTileWidth) {}

  /// The first entry that it needs.
  LogIndex begin() const { return LogIndex(begin_); }

  /// What the site has of the tree before `begin`.
  Result<void> start() {
    ServedRows rows(client_, what_.log.id, what_.before);
    TileHashReader hashes(rows);
    auto frontier = Frontier::load(LogSize(begin_), hashes);
    if (!frontier) return std::unexpected(frontier.error());
    frontier_ = *std::move(frontier);
    for (std::uint8_t level = 1; level < kTileLevels; ++level) {
      const std::uint64_t length = tile_row_length(level, LogSize(begin_));
      if (length % kTileWidth == 0) continue;
      const std::uint64_t first = length / kTileWidth * kTileWidth;
      auto open = rows.read(level, first, length - first);
      if (!open) return std::unexpected(open.error());
      open_[level] = *std::move(open);
    }
    return {};
  }

  Result<void> add(BytesView entry) {
    put_bundle_entry(bundle_, entry);
    Result<void> written;
    append_to_rows(frontier_, leaf_hash(entry),
                   [&](std::uint8_t level, std::uint64_t index, const Digest& hash) {
                     if (level >= kTileLevels || !written) return;
                     open_[level].push_back(hash);
                     if (open_[level].size() == kTileWidth)
                       written = put(level, index / kTileWidth, kTileWidth);
                   });
    return written;
  }

  /// Writes the partial tiles.
  Result<void> finish() {
    for (std::uint8_t level = 0; level < kTileLevels; ++level) {
      if (open_[level].empty()) continue;
      const std::uint64_t index = tile_row_length(level, frontier_.size()) / kTileWidth;
      const auto width = static_cast<std::uint32_t>(open_[level].size());
      if (auto written = put(level, index, width); !written) return written;
    }
    return {};
  }

  Digest root() const { return frontier_.root(); }

 private:
  Result<void> put(std::uint8_t level, std::uint64_t index, std::uint32_t width) {
    const TilePath tile{
        .kind = TilePath::Kind::hashes, .level = level, .index = index, .width = width};
    auto written = files_.put(what_.folder + format_tile_path(tile), encode_tile(open_[level]));
    open_[level].clear();
    if (!written || level != 0) return written;
    TilePath entries = tile;
    entries.kind = TilePath::Kind::entries;
    written = files_.put(what_.folder + format_tile_path(entries), bundle_);
    bundle_.clear();
    return written;
  }

  SiteFiles& files_;
  const Export& what_;
  LogClient client_;
  std::uint64_t begin_;
  Frontier frontier_;
  std::array<std::vector<Digest>, kTileLevels> open_;  ///< the tile of each row that is not full
  Bytes bundle_;
};

Result<Export> plan(LogSource& source, const Charter& charter, const Roster& roster,
                    SiteFiles& files, const LogSource::Log& log) {
  const auto notes = source.checkpoints(log.id);
  if (!notes) return std::unexpected(notes.error());
  auto note = newest_note(*notes);
  if (!note) return std::unexpected(note.error());
  auto checked = check_kept(*note, charter, roster);
  if (!checked) return std::unexpected(checked.error());
  Export out{.log = log,
             .folder = site_folder(charter, log.id),
             .checkpoint = std::move(checked->checkpoint),
             .note = *std::move(note),
             .before = {}};
  out.log.size = out.checkpoint.size;
  const auto published = files.read(out.folder + "checkpoint");
  if (!published && published.error().code == Code::not_found) return out;
  if (!published) return std::unexpected(published.error());
  const auto before = check_kept(*published, charter, roster);
  if (!before) return std::unexpected(before.error());
  if (before->checkpoint.origin != out.checkpoint.origin)
    return refuse(Code::failed, "the site has a checkpoint of " + before->checkpoint.origin +
                                    " in the place of " + out.checkpoint.origin);
  out.before = before->checkpoint.size;
  if (out.before > out.checkpoint.size)
    return refuse(Code::failed, "the site has more of " + out.checkpoint.origin +
                                    " than the source: it would go back in time");
  return out;
}

Result<void> write_tiles(LogSource& source, const Charter& charter, SiteFiles& files,
                         const Export& what, const std::function<void()>& one_more) {
  TileMaker maker(files, charter, what);
  if (auto started = maker.start(); !started) return started;
  for (std::uint64_t at = maker.begin().value(); at < what.log.size.value();) {
    const std::size_t count = std::min<std::uint64_t>(kTileWidth, what.log.size.value() - at);
    const auto items = source.read(what.log, LogIndex(at), count);
    if (!items) return std::unexpected(items.error());
    for (const LogSource::Item& item : *items) {
      if (!item)
        return refuse(Code::failed,
                      what.checkpoint.origin + " " + std::to_string(at) + ": " + item.error());
      if (auto added = maker.add(*item); !added) return added;
      ++at;
      one_more();
    }
  }
  if (maker.root() != what.checkpoint.root)
    return refuse(Code::failed, what.checkpoint.origin +
                                    ": the entries do not lead from what the site has to the root "
                                    "that the log has signed");
  return maker.finish();
}

/// Partial tiles whose full one is there. Every folder is looked at, so that what an interrupted
/// export left behind goes too.
Result<void> drop_partials(SiteFiles& files, const Export& what) {
  const auto folders = files.partial_folders(what.folder);
  if (!folders) return std::unexpected(folders.error());
  for (const std::string& folder : *folders) {
    const std::string full =
        folder.substr(what.folder.size(), folder.size() - 2 - what.folder.size());
    const auto tile = parse_tile_path(full);
    if (!tile || !tile_exists(*tile, what.checkpoint.size)) continue;
    if (auto removed = files.remove_folder(folder); !removed) return removed;
  }
  return {};
}

Result<void> put_if_other(SiteFiles& files, const std::string& path, BytesView content) {
  const auto there = files.read(path);
  if (there && *there == content) return {};
  return files.replace(path, content);
}

/// What the tiles prove, and with which keys: durable one by one, so that no loss of power leaves
/// half of one.
Result<void> write_last(SiteFiles& files, const Charter& charter,
                        const std::vector<Export>& exports, const std::string& chain) {
  std::vector<std::pair<std::string, std::string>> last;
  for (const Export& what : exports) last.emplace_back(what.folder + "checkpoint", what.note);
  last.emplace_back(kChainFile, chain);
  last.emplace_back("charter.txt", charter.note);
  last.emplace_back("api/v1/charter", charter.note);
  for (const auto& [path, content] : last)
    if (auto written = put_if_other(files, path, content); !written) return written;
  return {};
}

}  // namespace

Result<std::vector<ExportedLog>> export_site(LogSource& source, const Charter& charter,
                                             SiteFiles& files, const ExportProgress& progress) {
  const auto state = source.state_note();
  if (!state) return std::unexpected(state.error());
  const auto logs = source.logs();
  if (!logs) return std::unexpected(logs.error());
  const auto chain = source.chain();
  if (!chain) return std::unexpected(chain.error());
  const auto roster = verify_chain(*chain, charter);
  if (!roster) return std::unexpected(roster.error());
  if (auto same = check_published(files, charter, *chain, *roster, *logs); !same)
    return std::unexpected(same.error());
  std::vector<Export> exports;
  std::uint64_t total = 0;
  for (const LogSource::Log& log : *logs) {
    auto planned = plan(source, charter, *roster, files, log);
    if (!planned) return std::unexpected(planned.error());
    total += planned->log.size.value() - planned->before.value() / kTileWidth * kTileWidth;
    exports.push_back(*std::move(planned));
  }
  std::uint64_t done = 0;
  for (const Export& what : exports)
    if (auto written = write_tiles(source, charter, files, what,
                                   [&] {
                                     if (progress) progress(++done, total);
                                   });
        !written)
      return std::unexpected(written.error());
  if (auto settled = files.settle(); !settled) return std::unexpected(settled.error());
  if (auto named = write_last(files, charter, exports, *chain); !named)
    return std::unexpected(named.error());
  if (*state) {
    const auto newer = goes_on(files, *roster, **state);
    if (!newer) return std::unexpected(newer.error());
    if (*newer)
      if (auto written = put_if_other(files, "api/v1/state", **state); !written)
        return std::unexpected(written.error());
  }
  std::vector<ExportedLog> out;
  for (const Export& what : exports) {
    if (auto dropped = drop_partials(files, what); !dropped)
      return std::unexpected(dropped.error());
    out.push_back(
        {.origin = what.checkpoint.origin, .before = what.before, .size = what.checkpoint.size});
  }
  return out;
}

}  // namespace tallinn
