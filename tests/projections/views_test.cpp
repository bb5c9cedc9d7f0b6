#include "projections/views.h"

#include <doctest/doctest.h>

#include <map>

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

TEST_CASE("however many changes there are, each key answers its last one or what is below") {
  EmptyViews nothing;
  Views below(nothing);
  for (int key = 0; key < 3'000; key += 7) below.put(Bytes("need/" + std::to_string(key)), "below");
  Views views(static_cast<ViewReader&>(below));
  std::map<Bytes, std::optional<Bytes>> last;
  const auto check_all = [&](Views& of) {
    for (int key = 0; key < 3'000; ++key) {
      const Bytes name = "need/" + std::to_string(key);
      const auto changed = last.find(name);
      REQUIRE(of.get(name) == (changed == last.end() ? below.get(name) : changed->second));
    }
  };
  std::uint32_t dice = 1;
  for (int step = 0; step < 2'000; ++step) {
    dice = dice * 1'664'525u + 1'013'904'223u;
    const Bytes name = "need/" + std::to_string(dice / 65'536 % 3'000);
    if (step % 5 == 0) {
      views.erase(name);
      last[name] = std::nullopt;
    } else {
      views.put(name, std::to_string(step));
      last[name] = std::to_string(step);
    }
    if (step % 400 == 0) check_all(views);
  }
  check_all(views);
  Views taking(static_cast<ViewReader&>(below));
  taking.take_changes_of(views);
  check_all(taking);
  last.clear();
  check_all(views);
  taking.clear();
  check_all(taking);
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

TEST_CASE("many reads at once see changes over what is below as reads one by one do") {
  EmptyViews nothing;
  Views below(nothing);
  for (const char* key : {"b", "d", "f"}) below.put(key, "old");
  Views views(static_cast<ViewReader&>(below));
  views.put("d", "new");
  views.erase("f");
  std::string out;
  const auto tell = [&](std::size_t which, BytesView key, BytesView value) {
    out += std::to_string(which) + ":";
    out.append(key).append("=").append(value).append(" ");
  };
  const std::vector<Bytes> keys{"f", "d", "x", "b"};
  views.get_each(keys, tell);
  CHECK(out == "1:d=new 3:b=old ");
  out.clear();
  const std::vector<ViewReader::Range> ranges{{"c", "z"}, {"a", "c"}, {"b", {}}};
  views.scan_each(ranges, tell);
  CHECK(out == "0:d=new 1:b=old 2:b=old 2:d=new ");
}
