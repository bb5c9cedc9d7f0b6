// A folder that an export writes into, removed with everything in it.
#pragma once

#include "tests/support/files.h"
#include "tools/export_site.h"
#include "tools/site_files.h"

namespace tallinn::test {

struct Site {
  TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "site";
  std::unique_ptr<SiteFiles> files = std::move(open_site_files(path.string()).value());
};

}  // namespace tallinn::test
