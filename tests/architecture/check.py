#!/usr/bin/env python3
"""Checks the shape of the code against rules.json: arrows between modules, libraries in their rooms, clocks,
randomness, threads and files out of pure code, sizes, the fixed top level.

    check.py [--root DIR]      prints each violation as file:line: [rule] text; exit 1 if there is any
    check.py --self-test       plants a violation of every rule in a temporary tree and expects it to be found
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
from fnmatch import fnmatchcase

HERE = pathlib.Path(__file__).resolve().parent
CODE = (".h", ".cpp")
SKIPPED_FOLDERS = (".git", ".cache", "run")

# Comments and literals, so that words in them are not taken for code. A ' between digits separates them.
NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^()\s\\]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z_])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)
# What comments and docs send a reader to: a page and, after a comma, the heading there; a file of the project.
PAGE = re.compile(r'\b(docs/[\w/.-]+\.md)(?:, "([^"]+)")?')
FILE = re.compile(r'(?<![\w/.-])((?:events|ledger|projections|net|tests|tools)/[\w/.-]+\.(?:h|cpp|py|fbs))\b')
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def files_of(root, *options):
    """Every file that git tracks, with the options; without git, every file outside build folders."""
    if (root / ".git").exists():
        out = subprocess.run(["git", "-C", str(root), "ls-files", "-z", "--cached", *options],
                             capture_output=True, check=True).stdout.decode()
        names = sorted(set(filter(None, out.split("\0"))))
    else:
        names = sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())
        names = [n for n in names
                 if n.split("/")[0] not in SKIPPED_FOLDERS and not n.startswith("build")]
    return [n for n in names if (root / n).is_file()]


def strip(text):
    """The code alone, line numbers kept. Quoted includes are kept: they are read from the raw text."""
    return NOT_CODE.sub(lambda m: '""' + "\n" * m.group(0).count("\n"), text)


class Checker:
    def __init__(self, root, rules):
        self.root, self.rules, self.found = root, rules, []

    def matches(self, name, globs):
        return any(self.is_pure(name) if g == "@pure" else fnmatchcase(name, g) for g in globs)

    def is_pure(self, name):
        pure = self.rules["pure"]
        return name.endswith(CODE) and self.matches(name, pure["in"]) and not self.matches(name, pure["except"])

    def report(self, name, line, rule, text):
        self.found.append((name, line, rule, text))

    def run(self):
        for top in sorted({n.split("/")[0] for n in files_of(self.root)}):
            if top not in self.rules["top_level"] and not top.startswith("."):
                self.report(top, 1, "top_level", "the top level is fixed (docs/architecture.md)")
        for name in files_of(self.root, "--others", "--exclude-standard"):
            raw = (self.root / name).read_bytes()
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError:
                continue
            self.check_file(name, text)
            self.check_references(name, text)
        self.check_threaded()
        return self.found

    def check_file(self, name, text):
        is_code = name.endswith(CODE)
        code = strip(text) if is_code else text
        if is_code:
            self.check_includes(name, text)
            self.check_function_lines(name, code)
        if name.endswith(".h"):
            self.check_header(name, text)
        self.check_text(name, text, code)
        self.check_sizes(name, text)

    def check_references(self, name, text):
        """Pages, headings and files that a comment or a page names exist; a heading may be cut at its end."""
        rule = self.rules["references"]
        if not self.matches(name, rule["in"]) or self.matches(name, rule["except"]):
            return
        words = re.sub(r"^\s*#\s*include.*$", "", text, flags=re.MULTILINE) if name.endswith(CODE) else text
        one_line = re.sub(r"\n\s*(?://+)?\s*", " ", words)
        missing = []
        for page, heading in PAGE.findall(one_line):
            if not (self.root / page).is_file():
                missing.append((page, f"there is no {page}"))
            elif heading and heading not in self.headings(page):
                missing.append((page, f'{page} has no heading "{heading}"'))
        missing += [(file, f"there is no {file}") for file in FILE.findall(one_line)
                    if not file.endswith("_generated.h") and not (self.root / file).is_file()]
        for what, sentence in missing:
            self.report(name, text[:max(text.find(what), 0)].count("\n") + 1, "references", sentence)

    def headings(self, page):
        lines = re.findall(r"^#+ (?:\d+\. )?(.*)$", (self.root / page).read_text(), re.MULTILINE)
        return {cut for line in lines for cut in (line, line.split(" (")[0], line.split(": ")[0])}

    def check_header(self, name, text):
        if not text.startswith("//"):
            self.report(name, 1, "header_contract", "a header's first lines say what it is, pure or shell, threading")
        if "#pragma once" not in text:
            self.report(name, 1, "pragma_once", "a header is included once: #pragma once")

    def check_includes(self, name, text):
        module = name.split("/")[0]
        allowed = self.rules["may_include"].get(module, [])
        for number, line in enumerate(text.splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            kind, header = match.groups()
            if kind == '"':
                target = header.split("/")[0]
                if "/" not in header or target not in self.rules["may_include"]:
                    self.report(name, number, "include_path", f'"{header}" is not a path from the top level')
                elif target not in allowed:
                    self.report(name, number, "arrow", f"{module}/ may not include {target}/")
            if kind == "<" or header.endswith("_generated.h"):
                self.check_library(name, number, header)

    def check_library(self, name, number, header):
        for library in self.rules["libraries"]:
            if re.search(library["header"], header):
                if not self.matches(name, library["only_in"]):
                    self.report(name, number, "library", f"<{header}> here: {library['why']}")
                return
        if "/" in header:
            self.report(name, number, "library_unknown",
                        f"<{header}> is of no library that tests/architecture/rules.json knows")

    def check_text(self, name, text, code):
        for rule in self.rules["text"]:
            if not self.matches(name, rule["in"]):
                continue
            source = text if rule.get("raw") else code
            pattern, remove = re.compile(rule["pattern"]), rule.get("remove")
            for number, line in enumerate(source.splitlines(), 1):
                if pattern.search(re.sub(remove, "", line) if remove else line):
                    self.report(name, number, rule["name"], rule["why"])

    def check_sizes(self, name, text):
        lines = text.splitlines()
        sizes = self.rules["sizes"]
        if self.applies(name, sizes["file_lines"]) and len(lines) > sizes["file_lines"]["limit"]:
            self.report(name, len(lines), "file_lines", f"{len(lines)} lines, the limit is "
                        f"{sizes['file_lines']['limit']}: a file answers one question")
        if self.applies(name, sizes["line_columns"]):
            for number, line in enumerate(lines, 1):
                if len(line) > sizes["line_columns"]["limit"]:
                    self.report(name, number, "line_columns", f"{len(line)} columns")

    def applies(self, name, size):
        return self.matches(name, size["in"]) and not self.matches(name, size["except"])

    def check_threaded(self):
        """A test that starts threads, itself or by a header of the tests, is one that ThreadSanitizer runs."""
        rule = self.rules["threaded"]
        tests = {n: (self.root / n).read_text() for n in files_of(self.root, "--others", "--exclude-standard")
                 if n.startswith("tests/") and n.endswith(CODE)}
        starts, build = re.compile(rule["pattern"]), self.root / rule["list"]
        listed = re.search(r"set\(threaded\s([^)]*)\)", build.read_text() if build.is_file() else "")
        listed = {f"tests/{stem}_test.cpp" for stem in (listed.group(1).split() if listed else ())}

        def starting(name, seen):
            seen.add(name)
            if starts.search(strip(tests[name])):
                return True
            included = (match.group(2) for match in map(INCLUDE.match, tests[name].splitlines()) if match)
            return any(starting(other, seen) for other in included if other in tests and other not in seen)

        for name in tests:
            if self.matches(name, rule["in"]) and name not in listed and starting(name, set()):
                self.report(name, 1, "threaded", f"{rule['why']}: `threaded` in {rule['list']}")
        for name in sorted(listed - tests.keys()):
            self.report(rule["list"], 1, "threaded", f"there is no {name}")

    def check_function_lines(self, name, code):
        """A brace after a text with parentheses opens a function, at the depth of namespaces and classes."""
        size = self.rules["sizes"]["function_lines"]
        if not self.applies(name, size):
            return
        stack, statement, line, first = [], "", 1, 1
        for char in code:
            if char == "\n":
                line += 1
            if "function" in stack or "data" in stack:
                if char == "{":
                    stack.append("inner")
                elif char == "}":
                    if stack.pop() == "function" and line - first + 1 > size["limit"]:
                        self.report(name, first, "function_lines",
                                    f"{line - first + 1} lines, the limit is {size['limit']}")
                    statement = ""
                continue
            if char == "{":
                stack.append(kind_of(statement))
                statement = ""
            elif char == "}":
                if stack:
                    stack.pop()
                statement = ""
            elif char == ";":
                statement = ""
            else:
                if not statement.strip():
                    first = line
                statement += char


def kind_of(statement):
    statement = re.sub(r"^\s*#.*$", "", statement, flags=re.MULTILINE).strip()
    if re.search(r"=$", statement):
        return "data"
    if "(" in statement and not re.search(r"\b(class|struct)\s+\w+[^()]*$", statement):
        return "function"
    if re.search(r"\b(namespace|class|struct|enum|union|extern)\b", statement):
        return "scope"
    return "data"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=HERE.parent.parent)
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    rules = json.loads((HERE / "rules.json").read_text())
    if arguments.self_test:
        import self_test
        return self_test.run(Checker, rules)
    found = Checker(arguments.root.resolve(), rules).run()
    for name, line, rule, text in found:
        print(f"{name}:{line}: [{rule}] {text}")
    print(f"architecture: {len(found)} violations" if found else "architecture: everything is in its place")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
