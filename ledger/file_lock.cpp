#include "ledger/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tallinn {
namespace {

std::unexpected<Error> could_not(const char* what, const std::filesystem::path& folder, int error) {
  return refuse(Code::unavailable, std::string("cannot ") + what + " " + folder.string() + ": " +
                                       std::generic_category().message(error));
}

}  // namespace

Result<std::unique_ptr<FolderLock>> FolderLock::take(const std::filesystem::path& folder,
                                                     std::string_view what) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return could_not("make", folder, failed.value());
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return could_not("open", folder, errno);
  std::unique_ptr<FolderLock> lock(new FolderLock(fd));
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return could_not("lock", folder, errno);
  return refuse(Code::unavailable, std::string(what) + " is writing to " + folder.string() +
                                       "; wait for it to end, or choose another folder");
}

FolderLock::~FolderLock() {
  ::close(fd_);
}

}  // namespace tallinn
