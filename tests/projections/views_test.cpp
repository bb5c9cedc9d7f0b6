#include "projections/views.h"

#include <doctest/doctest.h>

using namespace tallinn;

namespace {

std::string all_of(ViewReader& views, BytesView begin = {}, BytesView end = {}) {
  std::string out;
  views.scan(begin, end, [&](BytesView key, BytesView value) {
    out.append(key).append("=").append(value).append(" ");
    return ViewReader::Next::go_on;
  });
  return out;
}

}  // namespace

TEST_CASE("changes lie over what is below, in key order") {
  EmptyViews nothing;
  Views below(nothing);
  for (const char* key : {"b", "d", "f"}) below.put(key, "old");
  Views views(static_cast<ViewReader&>(below));
  views.put("a", "new");
  views.put("d", "new");
  views.erase("f");
  views.put("e", "new");
  CHECK(all_of(views) == "a=new b=old d=new e=new ");
  CHECK(all_of(views, "b", "e") == "b=old d=new ");
  CHECK(all_of(views, "c", "c").empty());
  CHECK(all_of(views, "e", "b").empty());
  CHECK(views.get("f") == std::nullopt);
  CHECK(all_of(below) == "b=old d=old f=old ");
  std::string first;
  views.scan({}, {}, [&](BytesView key, BytesView) {
    first = key;
    return ViewReader::Next::stop;
  });
  CHECK(first == "a");
}

TEST_CASE("undo takes back exactly what was changed since it began") {
  EmptyViews nothing;
  Views below(nothing);
  below.put("a", "1");
  below.put("b", "1");
  Views views(static_cast<ViewReader&>(below));
  views.put("c", "1");
  const std::string before = all_of(views);
  views.begin_undo();
  views.put("a", "2");
  views.put("a", "3");
  views.erase("b");
  views.put("d", "2");
  views.erase("c");
  const auto undo = views.take_undo();
  CHECK(undo.size() == 4);
  CHECK(decode_undo(encode_undo(undo)) == undo);
  views.undo(undo);
  CHECK(all_of(views) == before);
}

TEST_CASE("the first key after a prefix is above everything that starts with it") {
  CHECK(after_prefix("trail/EE/") == "trail/EE0");
  CHECK(after_prefix(Bytes("a\xff", 2)) == "b");
  CHECK(after_prefix(Bytes("\xff\xff", 2)).empty());
}

TEST_CASE("a new record is undone without asking below, also one put anew after its undoing") {
  EmptyViews nothing;
  Views below(nothing);
  below.put("a", "1");
  Views views(static_cast<ViewReader&>(below));
  views.begin_undo();
  views.put_new("b", "2");
  views.put("a", "2");
  const auto undo = views.take_undo();
  views.undo(undo);
  CHECK(all_of(views) == "a=1 ");
  views.begin_undo();
  views.put_new("b", "3");
  CHECK(views.take_undo() == std::vector<Change>{{"b", std::nullopt}});
  CHECK(all_of(views) == "a=1 b=3 ");
}
