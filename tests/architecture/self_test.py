"""The self-test of check.py: a clean tree passes; each planted violation is found, and it alone."""

import pathlib
import tempfile

# Words that the rules refuse are put together here, so that this file passes them.
UNFINISHED = "TO" + "DO"
WORKPLACE = "/wo" + "rk/main"

HEADER = "// A thing. Pure.\n#pragma once\n\n"

CLEAN = {
    "CMakeLists.txt": "project(x)\n",
    "README.md": "# X\n",
    ".gitignore": "/build*/\n",
    "events/money.h": HEADER + "#include <string>\n#include <chrono>\n// system_clock only in words\n",
    "events/code.cpp": '#include "events/money.h"\n#include <flatbuffers/flatbuffers.h>\n'
                       'const char* text = "std::thread rand( /* ";  // fopen( getenv(\nint big = 1\'000\'000;\n',
    "ledger/store_log.cpp": '#include <rocksdb/db.h>\n#include <fcntl.h>\n#include <thread>\n#include "events/money.h"\n',
    "net/server.cpp": "#include <boost/asio.hpp>\n#include <openssl/ssl.h>\nauto now() { return std::chrono::steady_clock::now(); }\n",
    "tests/ledger/log_test.cpp": '#include <doctest/doctest.h>\n#include "ledger/log.h"\nconst char* v = "../shared/vectors";\n',
    "tests/CMakeLists.txt": "set(threaded net/several\n  ledger/pool)\n",
    "tests/net/started.h": HEADER + "#include <thread>\nstd::thread one;\n",
    "tests/net/several_test.cpp": '#include "tests/net/started.h"\n',
    "tests/ledger/pool_test.cpp": "boost::asio::thread_pool pool;\n",
    "tests/tools/pool_test.cpp": "std::thread of_another_module;\n",
}

LONG_FUNCTION = "int f(int a,\n      int b) {\n" + "  a += b;\n" * 70 + "  return a;\n}\n"

PLANTED = [
    ("top_level", "src/main.cpp", "int main() {}\n"),
    ("top_level", "notes.txt", "x\n"),
    ("arrow", "events/up.cpp", '#include "ledger/merkle.h"\n'),
    ("arrow", "ledger/up.cpp", '#include "projections/fold.h"\n'),
    ("arrow", "projections/up.cpp", '#include "net/server.h"\n'),
    ("arrow", "net/up.cpp", '#include "tools/main.h"\n'),
    ("arrow", "tools/test_part.cpp", '#include "tests/support/clock.h"\n'),
    ("include_path", "events/near.cpp", '#include "money.h"\n'),
    ("include_path", "ledger/parent.cpp", '#include "../events/money.h"\n'),
    ("library", "ledger/merkle.cpp", "#include <rocksdb/slice.h>\n"),
    ("library", "projections/view.cpp", "#include <rocksdb/db.h>\n"),
    ("library", "ledger/socket.cpp", "#include <boost/asio/ip/tcp.hpp>\n"),
    ("library", "tools/client.cpp", "#include <boost/beast/http.hpp>\n"),
    ("library", "ledger/note.cpp", "#include <openssl/evp.h>\n"),
    ("library", "ledger/sha256.cpp", "#include <openssl/ssl.h>\n"),
    ("library", "ledger/entry.cpp", '#include "events/event_generated.h"\n'),
    ("library", "projections/sign.cpp", "#include <sodium.h>\n"),
    ("library", "events/os.cpp", "#include <unistd.h>\n"),
    ("library_unknown", "net/other.cpp", "#include <curl/curl.h>\n"),
    ("clock", "events/now.cpp", "auto t = std::chrono::system_clock::now();\n"),
    ("clock", "net/session.cpp", "auto t = std::chrono::steady_clock::now();\n"),
    ("clock", "ledger/stamp.cpp", "long t = time(nullptr);\n"),
    ("randomness", "events/uuid.cpp", "void f(char* p) { randombytes_buf(p, 8); }\n"),
    ("randomness", "projections/mix.cpp", "#include <random>\n"),
    ("randomness", "ledger/dice.cpp", "int n = rand();\n"),
    ("threads", "ledger/pool.cpp", "std::jthread worker;\n"),
    ("threads", "projections/lock.h", HEADER + "#include <mutex>\n"),
    ("threads", "net/frames.cpp", "task f() { co_return; }\n"),
    ("threaded", "tests/net/forgotten_test.cpp", "std::jthread other;\n"),
    ("threaded", "tests/ledger/forgotten_test.cpp", '#include "tests/net/started.h"\n'),
    ("threaded", "tests/CMakeLists.txt", "set(threaded net/several ledger/pool net/gone)\n"),
    ("files", "projections/save.cpp", "#include <fstream>\n"),
    ("files", "ledger/charter.cpp", '#include <cstdio>\nauto* f = fopen("x", "r");\n'),
    ("files", "events/env.cpp", 'auto* home = std::getenv("HOME");\n'),
    ("files", "ledger/sync.cpp", "int f(int d) { return ::fsync(d); }\n"),
    ("unfinished", "ledger/half.cpp", "// " + UNFINISHED + ": the rest\n"),
    ("unfinished", "docs/plan.md", UNFINISHED + " write this\n"),
    ("workplace", "docs/place.md", "see " + WORKPLACE + "\n"),
    ("workplace", "tools/run.sh", "cp sha" + "red/data/x .\n"),
    ("references", "docs/map.md", "see docs/gone.md\n"),
    ("references", "docs/a.md", '# One\nsee docs/a.md, "Two"\n'),
    ("references", "ledger/a.h", HEADER + "// As ledger/gone.h has it.\n"),
    ("using_namespace", "events/easy.h", HEADER + "using namespace std;\n"),
    ("assert_macro", "ledger/check.cpp", "#include <cassert>\n"),
    ("header_contract", "events/silent.h", "#pragma once\nint x();\n"),
    ("pragma_once", "events/twice.h", "// A thing. Pure.\nint x();\n"),
    ("file_lines", "ledger/long.cpp", "int x;\n" * 401),
    ("function_lines", "ledger/function.cpp", "namespace tallinn {\n" + LONG_FUNCTION + "}\n"),
    ("function_lines", "net/method.h", HEADER + "struct S {\n" + LONG_FUNCTION + "};\n"),
    ("line_columns", "events/wide.cpp", "// " + "x" * 140 + "\n"),
]


def found_in(checker, rules, planted):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in planted.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return checker(root, rules).run()


def run(checker, rules):
    failures = [f"the clean tree is refused: {f}" for f in found_in(checker, rules, CLEAN)]
    for rule, name, text in PLANTED:
        found = {(n, r) for n, _, r, _ in found_in(checker, rules, {**CLEAN, name: text})}
        expected = {(name.split("/")[0] if rule == "top_level" else name, rule)}
        if found != expected:
            failures.append(f"planted {rule} in {name}: expected {expected}, found {found or 'nothing'}")
    named = {rule for rule, _, _ in PLANTED}
    failures += [f"the rule {r['name']} has no planted violation" for r in rules["text"] if r["name"] not in named]
    for failure in failures:
        print(f"self-test: {failure}")
    print(f"self-test: {len(PLANTED)} planted violations, {len(failures)} failures")
    return 1 if failures else 0
