#include "ledger/store_held.h"

#include <fcntl.h>
#include <unistd.h>

namespace tallinn {

bool store_is_held(const std::string& path) {
  const int descriptor = ::open((path + "/LOCK").c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return false;
  struct flock lock{};  // as RocksDB locks: the whole file
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const bool held = ::fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  ::close(descriptor);
  return held;
}

}  // namespace tallinn
