#include "ledger/file_anchor.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "events/assert.h"
#include "ledger/file_text.h"
#include "ledger/text_lines.h"

namespace tallinn {

namespace {

constexpr std::string_view kFormat = "tallinn-ledger/anchor@v1";
constexpr std::size_t kMaxCosigned = 1024;
constexpr std::size_t kMaxAnchorBytes = 128u << 10;

std::unexpected<Error> not_an_anchor(std::string detail) {
  return refuse(Code::malformed, "not a head anchor: " + std::move(detail));
}

std::string log_words(const HeldLog& held) {
  return std::to_string(held.log.office.value()) + " " + std::to_string(held.log.epoch.value()) + " " +
         std::to_string(held.size.value());
}

/// The first three words: office, epoch, size.
std::optional<HeldLog> parse_log_words(const std::vector<std::string_view>& words) {
  const auto office = parse_decimal(words[0]);
  const auto epoch = parse_decimal(words[1]);
  const auto size = parse_decimal(words[2]);
  if (!office || *office > UINT16_MAX || !epoch || *epoch == 0 || *epoch > UINT32_MAX || !size) return std::nullopt;
  return HeldLog{.log = {OfficeNumber(static_cast<std::uint16_t>(*office)), Epoch(static_cast<std::uint32_t>(*epoch))},
                 .size = LogSize(*size)};
}

std::optional<std::string_view> take_keyword(std::string_view& text, std::string_view keyword) {
  const auto line = take_line(text);
  return line ? after_keyword(*line, keyword) : std::nullopt;
}

class LockedFile {
 public:
  static Result<std::unique_ptr<LockedFile>> lock(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
      return refuse(Code::unavailable, "cannot open " + path + ": " + std::generic_category().message(errno));
    std::unique_ptr<LockedFile> file(new LockedFile(fd));
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0)
      return refuse(Code::unavailable, "another process holds the head anchor: " + path + " is locked");
    return file;
  }
  ~LockedFile() { ::close(fd_); }
  LockedFile(const LockedFile&) = delete;
  LockedFile& operator=(const LockedFile&) = delete;

 private:
  explicit LockedFile(int fd) : fd_(fd) {}
  int fd_;
};

class AnchorFile final : public Anchor {
 public:
  AnchorFile(std::filesystem::path path, std::unique_ptr<LockedFile> lock, std::optional<AnchorState> found)
      : path_(std::move(path)), lock_(std::move(lock)), found_(std::move(found)) {}

  const std::optional<AnchorState>& found() const override { return found_; }
  Stored<void> set(const AnchorState& state) override {
    if (fault_) return std::unexpected(*fault_);
    auto written = write_file_durably(path_, format_anchor(state), {.mode = 0600});
    if (written) return {};
    fault_ = Fault{.kind = Fault::io, .detail = "the head anchor: " + written.error().detail};
    return std::unexpected(*fault_);
  }

 private:
  std::filesystem::path path_;
  std::unique_ptr<LockedFile> lock_;
  std::optional<AnchorState> found_;
  std::optional<Fault> fault_;
};

class AnchorMemory final : public Anchor {
 public:
  explicit AnchorMemory(std::optional<AnchorState>& kept) : kept_(kept), found_(kept) {}
  const std::optional<AnchorState>& found() const override { return found_; }
  Stored<void> set(const AnchorState& state) override {
    kept_ = state;
    return {};
  }

 private:
  std::optional<AnchorState>& kept_;
  std::optional<AnchorState> found_;
};

}  // namespace

std::string format_anchor(const AnchorState& state) {
  std::vector<HeldLog> cosigned = state.cosigned;
  std::ranges::sort(cosigned, {}, &HeldLog::log);
  TALLINN_ASSERT(cosigned.size() <= kMaxCosigned);
  TALLINN_ASSERT(std::ranges::adjacent_find(cosigned, {}, &HeldLog::log) == cosigned.end());
  std::string text(kFormat);
  text += "\nledger " + to_hex(state.ledger.view());
  text += "\nown " + log_words(state.own) + " " + to_base64(state.root.view());
  for (const HeldLog& held : cosigned) text += "\ncosigned " + log_words(held);
  return text + "\npromised " + std::to_string(state.promised.value()) + "\n";
}

Result<AnchorState> parse_anchor(std::string_view text) {
  std::string_view rest = text;
  AnchorState state;
  if (take_line(rest) != kFormat) return not_an_anchor("it does not begin with " + std::string(kFormat));
  const auto ledger = take_keyword(rest, "ledger");
  const auto ledger_id = ledger ? fixed_from_hex<LedgerId>(*ledger) : std::nullopt;
  if (!ledger_id) return not_an_anchor("it has no ledger id");
  state.ledger = *ledger_id;

  const auto own = take_keyword(rest, "own");
  const auto words = own ? split_words(*own) : std::vector<std::string_view>{};
  const auto own_log = words.size() == 4 ? parse_log_words(words) : std::nullopt;
  const auto root = own_log ? fixed_from_base64<Digest>(words[3]) : std::nullopt;
  if (!root) return not_an_anchor("it does not say what was committed");
  state.own = *own_log;
  state.root = *root;

  auto line = take_line(rest);
  for (; line && line->starts_with("cosigned "); line = take_line(rest)) {
    const auto held_words = split_words(line->substr(9));
    const auto held = held_words.size() == 3 ? parse_log_words(held_words) : std::nullopt;
    const bool ascending = held && (state.cosigned.empty() || state.cosigned.back().log < held->log);
    if (!ascending || state.cosigned.size() == kMaxCosigned) return not_an_anchor("a cosigned line is wrong");
    state.cosigned.push_back(*held);
  }
  const auto promised = line ? after_keyword(*line, "promised") : std::nullopt;
  const auto lamport = promised ? parse_decimal(*promised) : std::nullopt;
  if (!lamport || !rest.empty()) return not_an_anchor("it does not end with what was promised");
  state.promised = Lamport(*lamport);
  if (format_anchor(state) != text) return not_an_anchor("it is not spelled as we spell it");
  return state;
}

Result<std::unique_ptr<Anchor>> open_anchor_file(const std::filesystem::path& path) {
  if (path.has_parent_path()) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error)
      return refuse(Code::unavailable, "cannot make the folder of " + path.string() + ": " + error.message());
  }
  // Beside the anchor, not on it: the anchor is replaced whole, and a lock stays with the file it was put on.
  auto lock = LockedFile::lock(path.string() + ".lock");
  if (!lock) return std::unexpected(lock.error());
  std::optional<AnchorState> found;
  const auto text = read_file(path, kMaxAnchorBytes);
  if (!text && text.error().code != Code::not_found) return std::unexpected(text.error());
  if (text) {
    auto state = parse_anchor(*text);
    if (!state) return refuse(Code::malformed, path.string() + ": " + state.error().detail);
    found = std::move(*state);
  }
  return std::make_unique<AnchorFile>(path, std::move(*lock), std::move(found));
}

std::unique_ptr<Anchor> open_anchor_memory(std::optional<AnchorState>& kept) {
  return std::make_unique<AnchorMemory>(kept);
}

Standing judge_anchor(const std::optional<AnchorState>& anchor, const LedgerId& ledger, const HeldLog& store_own,
                      const std::function<Digest(LogSize)>& root_at) {
  if (!anchor) return store_own.size == LogSize(0) ? Standing::may_append : Standing::anchor_missing;
  const LogId said = anchor->own.log;
  if (anchor->ledger != ledger || said.office != store_own.log.office || said.epoch > store_own.log.epoch)
    return Standing::anchor_differs;
  if (said.epoch < store_own.log.epoch) return Standing::may_append;  // nothing was said of this epoch yet
  if (store_own.size < anchor->own.size) return Standing::store_behind;
  return root_at(anchor->own.size) == anchor->root ? Standing::may_append : Standing::anchor_differs;
}

std::string_view standing_text(Standing standing) {
  switch (standing) {
    case Standing::may_append: return "The head anchor and the store agree";
    case Standing::anchor_missing:
      return "The head anchor is missing although this office has entries: nothing more is appended in this epoch; put "
             "the anchor back if it was only moved, else catch up from a peer and open the next epoch";
    case Standing::store_behind:
      return "The store lacks entries that the head anchor says were committed: nothing more is appended in this epoch; "
             "catch up from a peer and open the next epoch";
    case Standing::anchor_differs:
      return "The head anchor is of other data than this store: nothing more is appended in this epoch; check the paths "
             "of data and anchor, else catch up from a peer and open the next epoch";
  }
  TALLINN_ASSERT(!"unknown standing");
  return {};
}

}  // namespace tallinn
