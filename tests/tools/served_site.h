// What a Scribe has recorded, as a static site in a folder, and a server of it that counts and
// fails.
#pragma once

#include "tests/support/files.h"
#include "tests/support/record.h"
#include "tests/tools/memory_source.h"
#include "tools/export_site.h"
#include "tools/log_client.h"
#include "tools/site_files.h"

namespace tallinn::test {

/// The public record and `needs` needs more.
struct ServedSite {
  explicit ServedSite(int needs) {
    scribe.record_all(public_record());
    for (int i = 0; i < needs; ++i) scribe.record(one_more_need(i), kKyiv);
    MemorySource source(scribe);
    const auto files = open_site_files(path());
    REQUIRE(files.has_value());
    const auto exported = export_site(source, scribe.charter, **files, {});
    REQUIRE_MESSAGE(exported.has_value(), exported.error().detail);
  }

  std::string path() const { return (folder.path() / "site").string(); }

  /// Until `most` targets were asked for; then the server is away.
  LogClient::Fetch fetch(std::size_t most = SIZE_MAX) {
    return [this, most, files = files_below(path())](const std::string& target) {
      if (asked.size() >= most)
        return Result<std::string>(refuse(Code::unavailable, "the server is away"));
      asked.push_back(target);
      return files(target);
    };
  }

  TemporaryFolder folder;
  Scribe scribe;
  std::vector<std::string> asked;
};

}  // namespace tallinn::test
