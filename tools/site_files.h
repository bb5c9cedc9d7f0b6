// SiteFiles: the files of a static site that is being exported. Shell. One thread. Paths are
// relative, with slashes: "log/kyiv/1/tile/0/000".
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "events/bytes.h"
#include "events/result.h"

namespace tallinn {

class SiteFiles {
 public:
  virtual ~SiteFiles() = default;
  /// Error not_found when there is no such file.
  virtual Result<Bytes> read(const std::string& path) = 0;
  /// A reader, and a crash of this process, find the old file or the new one, whole; durable once
  /// settled.
  virtual Result<void> put(const std::string& path, BytesView content) = 0;
  /// Everything put so far outlives a loss of power.
  virtual Result<void> settle() = 0;
  /// Durable when it answers: a loss of power, too, leaves the old file or the new one, whole.
  virtual Result<void> replace(const std::string& path, BytesView content) = 0;
  /// Folders below `folder` whose name ends with ".p", each with a path as above.
  virtual Result<std::vector<std::string>> partial_folders(const std::string& folder) = 0;
  /// With everything in it.
  virtual Result<void> remove_folder(const std::string& path) = 0;
};

/// `root` is made when it is not there, and is locked until the answer goes. Error unavailable,
/// also while another export has it.
Result<std::unique_ptr<SiteFiles>> open_site_files(const std::string& root);

}  // namespace tallinn
