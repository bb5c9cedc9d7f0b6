#include "ledger/file_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tallinn {

namespace {

std::unexpected<Error> system_error(const char* what, const std::filesystem::path& path,
                                    int error) {
  const Code code = error == ENOENT ? Code::not_found : Code::unavailable;
  return refuse(code, std::string(what) + " " + path.string() + ": " +
                          std::generic_category().message(error));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Result<void> sync_folder(const std::filesystem::path& folder) {
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) return system_error("cannot sync", folder, errno);
  return {};
}

enum class Sync : std::uint8_t { now, later };

Result<void> write_all(const std::filesystem::path& path, BytesView content, unsigned mode,
                       Sync sync) {
  const Descriptor fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (fd.get() < 0) return system_error("cannot create", path, errno);
  while (!content.empty()) {
    const ssize_t written = ::write(fd.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return system_error("cannot write", path, errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (sync == Sync::now && ::fsync(fd.get()) != 0) return system_error("cannot sync", path, errno);
  return {};
}

Result<void> put_in_place(const std::filesystem::path& temporary, const std::filesystem::path& path,
                          WriteOptions::Existing existing) {
  if (existing == WriteOptions::Existing::replace) {
    if (::rename(temporary.c_str(), path.c_str()) == 0) return {};
    return system_error("cannot replace", path, errno);
  }
  if (::link(temporary.c_str(), path.c_str()) == 0) {
    ::unlink(temporary.c_str());
    return {};
  }
  if (errno == EEXIST) return refuse(Code::id_conflict, path.string() + " exists already");
  return system_error("cannot create", path, errno);
}

/// A temporary file that takes the name once it is whole.
Result<void> write_beside(const std::filesystem::path& path, BytesView content,
                          const WriteOptions& options, Sync sync) {
  const std::filesystem::path temporary = path.string() + ".tmp";
  ::unlink(temporary.c_str());  // left by a crash; two writers of one path are excluded
  auto done = write_all(temporary, content, options.mode, sync);
  if (done) done = put_in_place(temporary, path, options.existing);
  if (!done) ::unlink(temporary.c_str());
  return done;
}

}  // namespace

Result<Bytes> read_file(const std::filesystem::path& path, std::size_t max_bytes) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return system_error("cannot open", path, errno);
  Bytes content;
  std::array<char, 16384> chunk;
  for (;;) {
    const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("cannot read", path, errno);
    if (got == 0) return content;
    content.append(chunk.data(), static_cast<std::size_t>(got));
    if (content.size() > max_bytes)
      return refuse(Code::malformed,
                    path.string() + " is longer than " + std::to_string(max_bytes) + " bytes");
  }
}

Result<void> write_file_durably(const std::filesystem::path& path, BytesView content,
                                WriteOptions options) {
  if (auto written = write_beside(path, content, options, Sync::now); !written) return written;
  return sync_folder(path.has_parent_path() ? path.parent_path() : ".");
}

Result<void> write_file_unsynced(const std::filesystem::path& path, BytesView content) {
  std::error_code failed;
  std::filesystem::create_directories(path.parent_path(), failed);
  if (failed) return system_error("cannot make", path.parent_path(), failed.value());
  return write_beside(path, content, {}, Sync::later);
}

Result<void> sync_files(const std::filesystem::path& folder) {
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::syncfs(fd.get()) != 0) return system_error("cannot sync", folder, errno);
  return {};
}

}  // namespace tallinn
