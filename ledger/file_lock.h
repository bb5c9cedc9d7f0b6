// FolderLock: one writer at a time in a folder. Shell; Linux. The lock (flock) is on the folder
// itself: no file is left in it, and the kernel lets go of it when the process ends, however.
#pragma once

#include <filesystem>
#include <memory>

#include "events/result.h"

namespace tallinn {

class FolderLock {
 public:
  /// Makes the folder when it is not there. Never waits. Error unavailable: another lock holds it
  /// (`what` says of what, for a person: "another backup"), or the system refuses.
  static Result<std::unique_ptr<FolderLock>> take(const std::filesystem::path& folder,
                                                  std::string_view what);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace tallinn
