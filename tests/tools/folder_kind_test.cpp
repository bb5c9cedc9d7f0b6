#include "tools/folder_kind.h"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/files.h"

using namespace tallinn;
using namespace tallinn::test;
namespace fs = std::filesystem;

TEST_CASE("a folder is known by the files that only its kind has") {
  using enum FolderKind;
  struct Example {
    FolderKind kind;
    std::vector<std::string> files;
    std::string_view words;
  };
  for (const Example& example :
       {Example{other, {}, "no folder of ours"},
        Example{other, {"a.txt", "log/kyiv/1/tile/0/000"}, "no folder of ours"},
        Example{node, {"node.toml", "data/db/CURRENT"}, "a node's folder"},
        Example{data, {"db/CURRENT"}, "a node's data"}, Example{data, {"CURRENT"}, "a node's data"},
        Example{backup, {"backup.txt", "charter.txt", "log/kyiv/1/checkpoint"}, "a backup"},
        Example{
            site, {"api/v1/charter", "charter.txt", "log/kyiv/1/checkpoint"}, "a static site"}}) {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "it";
    for (const std::string& file : example.files) {
      fs::create_directories((path / file).parent_path());
      std::ofstream(path / file) << "content";
    }
    CAPTURE(example.words);
    CHECK(kind_of_folder(path) == example.kind);
    for (const FolderKind wanted : {other, node, data, backup, site}) {
      const auto fits = expect_folder(path, {wanted}, "name another");
      CHECK(fits.has_value() == (wanted == example.kind));
      if (fits) continue;
      CHECK(fits.error().code == Code::failed);
      CHECK(fits.error().detail.find(example.words) != std::string::npos);
      CHECK(fits.error().detail.ends_with(": name another"));
    }
  }
}
