// docs/domain.md says what the code says.
#include "tests/scenarios/domain_tables.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/files.h"

namespace tallinn::scenarios {

TEST_CASE("the tables at the end of docs/domain.md are those of the code") {
  const std::string path = test::source_dir() + "/docs/domain.md";
  const std::string doc = test::read_file(path);
  const auto begin = doc.find(kTablesBegin);
  const auto end = doc.find(kTablesEnd);
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  const auto from = begin + kTablesBegin.size();
  const std::string tables = domain_tables();
  if (std::getenv("TALLINN_WRITE_TABLES") != nullptr)
    std::ofstream(path, std::ios::binary) << doc.substr(0, from) << tables << doc.substr(end);
  else
    CHECK_MESSAGE(doc.substr(from, end - from) == tables,
                  "make them anew: TALLINN_WRITE_TABLES=1 build/tests/scenarios_test "
                  "-tc='the tables at the end of docs*'");
}

}  // namespace tallinn::scenarios
