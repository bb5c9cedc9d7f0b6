#include "ledger/file_anchor.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include "events/assert.h"
#include "ledger/sha256.h"
#include "ledger/text_lines.h"

namespace tallinn {

namespace {

constexpr std::size_t kSlotBytes = 64u << 10;

/// "slot <sequence> <bytes> <SHA-256 of the text, hex>\n" || text; what stands behind it is of
/// older states.
std::string encode_slot(std::uint64_t sequence, const std::string& text) {
  std::string slot = "slot " + std::to_string(sequence) + " " + std::to_string(text.size()) + " " +
                     to_hex(sha256(text).view()) + "\n" + text;
  TALLINN_ASSERT(slot.size() <= kSlotBytes);
  return slot;
}

struct Slot {
  std::uint64_t sequence = 0;
  std::string text;
};

/// Nothing for a slot that was never written, or not written whole.
std::optional<Slot> decode_slot(std::string_view raw) {
  const auto head = take_line(raw);
  const auto words = head ? split_words(*head) : std::vector<std::string_view>{};
  if (words.size() != 4 || words[0] != "slot") return std::nullopt;
  const auto sequence = parse_decimal(words[1]);
  const auto bytes = parse_decimal(words[2]);
  if (!sequence || !bytes || *bytes > raw.size()) return std::nullopt;
  const std::string text(raw.substr(0, static_cast<std::size_t>(*bytes)));
  if (to_hex(sha256(text).view()) != words[3]) return std::nullopt;
  return Slot{*sequence, text};
}

/// The file, locked; two slots written in turn, so that a torn write leaves the last state whole.
class SlotFile {
 public:
  static Result<std::unique_ptr<SlotFile>> lock(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
      return refuse(Code::unavailable,
                    "cannot open " + path + ": " + std::generic_category().message(errno));
    std::unique_ptr<SlotFile> file(new SlotFile(fd, path));
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0)
      return refuse(Code::unavailable,
                    "another process holds the head anchor: " + path + " is locked");
    return file;
  }
  ~SlotFile() { ::close(fd_); }
  SlotFile(const SlotFile&) = delete;
  SlotFile& operator=(const SlotFile&) = delete;

  /// Neither for a file that was never written, or only grown when the power went. Error
  /// unavailable.
  Result<FoundAnchor> read() {
    std::string raw(2 * kSlotBytes, '\0');
    const ssize_t got = ::pread(fd_, raw.data(), raw.size(), 0);
    if (got < 0)
      return refuse(Code::unavailable,
                    "cannot read " + path_ + ": " + std::generic_category().message(errno));
    if (std::ranges::all_of(raw, [](char c) { return c == '\0'; })) return FoundAnchor{};
    const std::string_view all(raw);
    std::optional<Slot> newest = decode_slot(all.substr(0, kSlotBytes));
    const std::optional<Slot> second = decode_slot(all.substr(kSlotBytes));
    if (second && (!newest || newest->sequence < second->sequence)) newest = second;
    unreadable_ = true;
    if (!newest)
      return FoundAnchor{.state = {},
                         .unreadable = path_ + " is not a head anchor: no state in it is whole"};
    auto state = parse_anchor(newest->text);
    if (!state)
      return FoundAnchor{.state = {}, .unreadable = path_ + ": " + std::move(state.error().detail)};
    unreadable_ = false;
    sequence_ = newest->sequence;
    return FoundAnchor{.state = std::move(*state), .unreadable = {}};
  }

  Stored<void> write(const AnchorState& state) {
    if (unreadable_)
      if (auto kept = keep_aside(); !kept) return kept;
    const bool first = sequence_ == 0;
    const std::string slot = encode_slot(++sequence_, format_anchor(state));
    const auto at = static_cast<off_t>(sequence_ % 2 * kSlotBytes);
    if (first && ::ftruncate(fd_, static_cast<off_t>(2 * kSlotBytes)) != 0) return failed("grow");
    if (::pwrite(fd_, slot.data(), slot.size(), at) != static_cast<ssize_t>(slot.size()))
      return failed("write");
    if (::fdatasync(fd_) != 0) return failed("sync");
    if (first) return sync_folder();
    return {};
  }

 private:
  SlotFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

  Stored<void> failed(const char* what) const {
    return broken(Fault::io, std::string("cannot ") + what + " the head anchor " + path_ + ": " +
                                 std::generic_category().message(errno));
  }
  Stored<void> sync_folder() const {
    const std::string folder = std::filesystem::absolute(path_).parent_path().string();
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failed("open the folder of");
    const int outcome = ::fsync(fd);
    ::close(fd);
    return outcome == 0 ? Stored<void>{} : failed("sync the folder of");
  }

  /// A copy, so that the lock stays with the file.
  Stored<void> keep_aside() {
    std::error_code error;
    std::filesystem::path aside = path_ + ".unreadable";
    for (int n = 2; std::filesystem::exists(aside, error); ++n)
      aside = path_ + ".unreadable." + std::to_string(n);
    if (!error) std::filesystem::copy_file(path_, aside, error);
    if (error)
      return broken(Fault::io, "cannot keep the head anchor " + path_ +
                                   " that does not read: " + error.message());
    const int fd = ::open(aside.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0 || ::fsync(fd) != 0) return failed("copy");
    ::close(fd);
    if (auto synced = sync_folder(); !synced) return synced;
    if (::ftruncate(fd_, 0) != 0) return failed("empty");
    unreadable_ = false;
    return {};
  }

  int fd_;
  std::string path_;
  std::uint64_t sequence_ = 0;
  bool unreadable_ = false;  ///< what is in it has to be kept aside before it is written
};

/// Writes on a thread of its own: `set` never waits for its own state.
class AnchorFile final : public Anchor {
 public:
  AnchorFile(std::unique_ptr<SlotFile> file, FoundAnchor found)
      : file_(std::move(file)), found_(std::move(found)), writer_([this] { run(); }) {}
  ~AnchorFile() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    writer_.join();
  }

  const std::optional<AnchorState>& found() const override { return found_.state; }
  std::optional<std::string> unreadable() const override { return found_.unreadable; }

  Stored<void> set(const AnchorState& state) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !next_.has_value(); });
    if (fault_) return std::unexpected(*fault_);
    next_ = state;
    lock.unlock();
    changed_.notify_all();
    return {};
  }

  Stored<void> durable() override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !next_.has_value(); });
    if (fault_) return std::unexpected(*fault_);
    return {};
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return stopping_ || next_.has_value(); });
      if (!next_) return;
      const AnchorState state = *next_;
      lock.unlock();
      const auto written = file_->write(state);
      lock.lock();
      if (!written && !fault_) fault_ = written.error();
      next_.reset();
      changed_.notify_all();
    }
  }

  std::unique_ptr<SlotFile> file_;
  FoundAnchor found_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<AnchorState> next_;  ///< being written
  std::optional<Fault> fault_;
  bool stopping_ = false;
  std::thread writer_;
};

class AnchorMemory final : public Anchor {
 public:
  explicit AnchorMemory(std::optional<AnchorState>& kept) : kept_(kept), found_(kept) {}
  const std::optional<AnchorState>& found() const override { return found_; }
  Stored<void> set(const AnchorState& state) override {
    kept_ = state;
    return {};
  }
  Stored<void> durable() override { return {}; }

 private:
  std::optional<AnchorState>& kept_;
  std::optional<AnchorState> found_;
};

}  // namespace

Result<std::unique_ptr<Anchor>> open_anchor_file(const std::filesystem::path& path) {
  if (path.has_parent_path()) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error)
      return refuse(Code::unavailable,
                    "cannot make the folder of " + path.string() + ": " + error.message());
  }
  auto file = SlotFile::lock(path.string());
  if (!file) return std::unexpected(file.error());
  auto found = (*file)->read();
  if (!found) return std::unexpected(found.error());
  return std::make_unique<AnchorFile>(std::move(*file), std::move(*found));
}

std::unique_ptr<Anchor> open_anchor_memory(std::optional<AnchorState>& kept) {
  return std::make_unique<AnchorMemory>(kept);
}

}  // namespace tallinn
