#include "tools/text_table.h"

#include <doctest/doctest.h>

using namespace tallinn;

TEST_CASE("width counts cells, not bytes") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("Київ") == 4);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("資料") == 4);
  CHECK(display_width("\xff") == 1);
}

TEST_CASE("columns align by width, numbers to the right, nothing trails") {
  TextTable table({{.heading = "назва"},
                   {.heading = "n", .align = TextTable::Align::right},
                   {.heading = "note"}});
  table.add({"Київ", "5", "x"});
  table.add({"Warsaw", "1000"});
  CHECK(table.format() ==
        "назва      n  note\n"
        "Київ       5  x\n"
        "Warsaw  1000\n");
}

TEST_CASE("what a stranger wrote cannot steer the terminal") {
  CHECK(printable("a\x1b[2Jb\nc") == "a [2Jb c");
  CHECK(printable("a\u202eb") == "a b");
  CHECK(printable("\xff") == " ");
}
