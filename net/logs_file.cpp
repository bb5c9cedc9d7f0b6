#include "net/logs_file.h"

#include <algorithm>

#include "ledger/fault_error.h"
#include "ledger/held_logs.h"
#include "net/make_batch.h"
#include "net/peer_notes.h"

namespace tallinn {
namespace {

constexpr std::size_t kFileReadBytes = 256u << 10;
constexpr std::string_view kEnd = "the end of the file";

Result<void> write_notes(const Head& head, const LogsFileWriter& how) {
  const auto known = Knowledge::load(*head.snapshot, how.charter);
  if (!known) return std::unexpected(error_from(known.error()));
  const auto notes = notes_for_new_peer({.store = *head.snapshot,
                                         .known = *known,
                                         .frozen = head.frozen,
                                         .joint_state = head.joint_state});
  if (!notes) return std::unexpected(error_from(notes.error()));
  for (const PeerNote& note : *notes)
    if (auto written = how.write(encode_frame(NoteFrame{note})); !written) return written;
  return {};
}

/// Frames of a stream of parts, one at a time.
class FrameReader {
 public:
  explicit FrameReader(const LogsFileReader& how) : how_(how) {}

  Result<void> expect_format() {
    while (head_.size() < kLogsFileFormat.size()) {
      auto part = how_.read(kLogsFileFormat.size() - head_.size());
      if (!part) return std::unexpected(part.error());
      if (part->empty()) break;
      head_ += *part;
    }
    if (head_ == kLogsFileFormat) return {};
    return refuse(Code::malformed, "it is not what `tallinn export logs` writes");
  }

  Result<Frame> next() {
    while (frames_.empty()) {
      const auto part = how_.read(kFileReadBytes);
      if (!part) return std::unexpected(part.error());
      if (part->empty())
        return refuse(Code::malformed,
                      "it was cut short: what came before that was taken; copy it "
                      "again and import it again");
      auto frames = cutter_.feed(*part);
      if (!frames) return std::unexpected(frames.error());
      std::ranges::move(*frames, std::back_inserter(frames_));
    }
    Frame frame = std::move(frames_.front());
    frames_.pop_front();
    return frame;
  }
  bool at_end() const { return frames_.empty() && !cutter_.in_frame(); }

 private:
  const LogsFileReader& how_;
  Bytes head_;
  FrameCutter cutter_;
  std::deque<Frame> frames_;
};

class Importer {
 public:
  Importer(Replica& replica, const LogsFileReader& how) : replica_(replica), how_(how) {}

  Result<LogsRead> run() {
    FrameReader frames(how_);
    if (auto format = frames.expect_format(); !format) return std::unexpected(format.error());
    auto first = frames.next();
    if (!first) return std::unexpected(first.error());
    if (auto greeted = greet(*first); !greeted) return std::unexpected(greeted.error());
    for (;;) {
      auto frame = frames.next();
      if (!frame) return std::unexpected(frame.error());
      if (std::holds_alternative<Bye>(*frame)) break;
      auto taken = std::holds_alternative<BatchFrame>(*frame)
                       ? take(std::get<BatchFrame>(*frame).batch)
                   : std::holds_alternative<NoteFrame>(*frame)
                       ? take(std::get<NoteFrame>(*frame).note)
                       : refuse(Code::malformed, "it has a frame that belongs to no logs file");
      if (!taken) return std::unexpected(taken.error());
    }
    if (!frames.at_end()) return refuse(Code::malformed, "it goes on behind its end");
    return std::move(out_);
  }

 private:
  Result<void> greet(const Frame& frame) {
    const auto* hello = std::get_if<Hello>(&frame);
    if (hello == nullptr) return refuse(Code::malformed, "it does not say whose it is");
    if (hello->version != kPeerVersion)
      return refuse(Code::malformed, "it was written by version " + std::to_string(hello->version) +
                                         " of the protocol, this program knows " +
                                         std::to_string(kPeerVersion));
    if (hello->ledger != replica_.charter().id)
      return refuse(Code::failed, "it is of another ledger");
    out_.from = hello->name;
    for (const HeldLog& held : hello->held) replica_.show_own_log(held);
    return {};
  }

  Result<void> commit() {
    if (auto committed = replica_.commit(how_.clock()); !committed)
      return std::unexpected(error_from(committed.error()));
    return {};
  }

  Result<void> take(const PeerBatch& batch) {
    const std::uint64_t before = entries_held();
    const auto taken = replica_.stage_batch(batch, Signatures::to_check);
    if (!taken) return std::unexpected(error_from(taken.error()));
    if (!*taken) return std::unexpected(taken->error());
    if (auto committed = commit(); !committed) return committed;
    out_.entries += entries_held() - before;
    if (how_.progress) how_.progress(out_.entries);
    return {};
  }

  /// A note that says nothing here, or comes too early, costs nothing but itself.
  Result<void> take(const PeerNote& note) {
    const auto taken = replica_.stage_note(note);
    if (!taken) return std::unexpected(error_from(taken.error()));
    if (*taken)
      ++out_.notes;
    else
      out_.refused.push_back(taken->error().detail);
    return commit();
  }

  std::uint64_t entries_held() const {
    std::uint64_t entries = 0;
    for (const HeldLog& log : replica_.held()) entries += log.size.value();
    return entries;
  }

  Replica& replica_;
  const LogsFileReader& how_;
  LogsRead out_;
};

}  // namespace

Result<LogsWritten> write_logs_file(const Head& head, const LogsFileWriter& how) {
  const std::vector<HeldLog> given = head.given();
  LogsWritten out{.logs = how.since, .entries = 0};
  const std::uint64_t total = missing_from(how.since, given);
  Hello hello{.version = kPeerVersion, .ledger = how.charter.id, .name = how.name, .held = given};
  if (auto written = how.write(kLogsFileFormat); !written) return std::unexpected(written.error());
  if (auto written = how.write(encode_frame(std::move(hello))); !written)
    return std::unexpected(written.error());
  for (;;) {
    auto batch = make_batch(*head.snapshot, given, out.logs, how.values);
    if (!batch) return std::unexpected(error_from(batch.error()));
    if (batch->entries.empty()) break;
    out.entries += batch->entries.size();
    out.logs = merged(out.logs, sizes_after(*batch));
    if (auto written = how.write(encode_frame(BatchFrame{*std::move(batch)})); !written)
      return std::unexpected(written.error());
    if (how.progress) how.progress(out.entries, total);
  }
  if (auto written = write_notes(head, how); !written) return std::unexpected(written.error());
  if (auto written = how.write(encode_frame(Bye{std::string(kEnd)})); !written)
    return std::unexpected(written.error());
  return out;
}

Result<LogsRead> read_logs_file(Replica& replica, const LogsFileReader& how) {
  return Importer(replica, how).run();
}

}  // namespace tallinn
