#!/usr/bin/env python3
"""Checks that every sentence of the code is in the catalogue of tools/language/uk, and that the catalogue has no other.

    sentences.py [--root DIR]      prints each sentence without Ukrainian and each entry without a sentence; exit 1 if any
    sentences.py --self-test       takes an entry away, adds one, and expects both to be found

A sentence is a chain of texts and operands ("the log " + name + " is not sealed") in a source file; an operand is a
place. A text with a space between words is a sentence; what is none (a format, a header) stands in sentences.json.
"""

import argparse
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
PLACE = "\x00"

TOKEN = re.compile(r'''
    (?P<skip>\s+|//[^\n]*|/\*.*?\*/|^\s*\#[^\n]*)
  | R"(?P<fence>[^()\s\\]{0,16})\((?P<raw>.*?)\)(?P=fence)"
  | "(?P<text>(?:\\.|[^"\\\n])*)"
  | (?<![0-9A-Za-z_])'(?P<char>(?:\\.|[^'\\\n])+)'
  | (?P<word>[A-Za-z_][A-Za-z_0-9]*(?:::[A-Za-z_][A-Za-z_0-9]*)*)
  | (?P<number>[0-9][0-9A-Za-z_.']*)
  | (?P<mark>->|\+=|&&|\|\||<<|>>|[=!<>]=|.)''', re.VERBOSE | re.DOTALL | re.MULTILINE)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


def unescaped(text):
    return re.sub(r"\\(.)", lambda m: ESCAPES.get(m.group(1), m.group(1)), text)


def tokens_of(source):
    """(kind, value, line); adjacent texts are one."""
    out, line = [], 1
    for match in TOKEN.finditer(source):
        kind = match.lastgroup if match.lastgroup != "fence" else "raw"
        if kind != "skip":
            value = match.group(kind)
            value = unescaped(value) if kind in ("text", "char") else value
            kind = "text" if kind == "raw" else kind
            if kind == "text" and out and out[-1][0] == "text":
                out[-1] = ("text", out[-1][1] + value, out[-1][2])
            else:
                out.append((kind, value, line))
        line += match.group(0).count("\n")
    return out


def chains_of(tokens):
    """Every text with what is joined to it by +: ("the log \\0 is not sealed", line)."""
    found = []

    def scan(i):
        chain, line, operand = [], 0, False

        def end():
            nonlocal chain, operand
            if any(piece != PLACE for piece in chain):
                found.append((re.sub(PLACE + "+", PLACE, "".join(chain)), line))
            chain, operand = [], False

        while i < len(tokens):
            kind, value, at = tokens[i]
            i += 1
            if kind == "mark" and value in ")]}":
                break
            if kind == "mark" and value in "([{":
                i = scan(i)
                if not operand:
                    chain.append(PLACE)
                    operand = True
                if value == "{":
                    end()
            elif kind == "text":
                chain.append(value)
                line, operand = at, True
            elif kind == "mark" and value == "+":
                operand = False
            elif kind == "mark" and value in (",", ";", "?", ":", "=", "+=", "&&", "||", "==", "!=", "<<"):
                end()
            elif kind == "word" and value in ("return", "co_return", "case", "default"):
                end()
            elif not operand:
                chain.append(PLACE)
                operand = True
        end()
        return i

    i = 0
    while i < len(tokens):
        i = scan(i)
    return found


def is_sentence(text):
    words = re.findall(r"[A-Za-z]{2,}", text.replace(PLACE, " "))
    return len(words) >= 1 and " " in text.strip().replace(PLACE, "") and len("".join(words)) >= 4


def sentences_in(root, rules):
    """{text: "file:line"}"""
    out = {}
    for folder in rules["folders"]:
        for path in sorted((root / folder).glob("*.*")):
            name = str(path.relative_to(root))
            if path.suffix not in (".h", ".cpp") or name in rules["no_sentences_in"]:
                continue
            for text, line in chains_of(tokens_of(path.read_text(encoding="utf-8"))):
                for part in text.split("\nExample: ")[:1]:
                    out.setdefault(part, f"{name}:{line}")
    return out


def catalogue_of(root):
    """{english: file}"""
    out = {}
    for path in sorted((root / "tools/language/uk").glob("*.po")):
        into = None
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("msgid "):
                into, line = [], line[6:]
            elif line.startswith("msgstr "):
                out.setdefault("".join(into), str(path.relative_to(root)))
                into = None
            if into is not None and line.startswith('"'):
                into.append(unescaped(line[1:-1]))
    out.pop("", None)
    return out


class Entry:
    """What an entry of the catalogue may write: its places are operands, its plurals any of their forms."""

    def __init__(self, english):
        self.parts, pattern, samples = [], "", ["", ""]
        for piece in re.split(r"(\{\d[^}]*\})", english):
            place = re.fullmatch(r"\{\d(?::([^}]*))?\}", piece)
            kind = place.group(1) or "text" if place else None
            forms = kind.split("|") if place and "|" in kind else [PLACE if place else piece]
            samples = [samples[0] + forms[0], samples[1] + forms[-1]]
            if kind == "part":
                pattern += "(.+?)"
            elif kind == "word":
                pattern += f"(?:{PLACE}|[a-z_]+)"
            else:
                pattern += "(?:" + "|".join(map(re.escape, forms)) + ")"
        self.pattern, self.samples = re.compile(pattern, re.DOTALL), samples


class Catalogue:
    def __init__(self, ids):
        longest_first = sorted(ids, key=lambda english: -len(re.sub(r"\{\d[^}]*\}", "", english)))
        self.entries = {english: Entry(english) for english in longest_first}

    def that_say(self, text, depth=0):
        """The entries that tell this text, with those that tell its parts; none when a part is not told."""
        for english, entry in self.entries.items():
            match = entry.pattern.fullmatch(text)
            if not match or text in match.groups():
                continue
            found = {english}
            for part in match.groups():
                inner = self.that_say(part, depth + 1) if part.strip(PLACE) and depth < 4 else {english}
                if not inner:
                    break
                found |= inner
            else:
                return found
        return set()

    def that_hold(self, text):
        """The entries with this text in them: it is put together with others elsewhere."""
        pieces = [re.escape(piece) for piece in text.strip(" ;:,").split(PLACE)]
        if sum(len(re.findall("[A-Za-z]", piece)) for piece in text.split(PLACE)) < 4:
            return set()
        pattern = re.compile(r"(?<![A-Za-z])(?=[A-Za-z])|(?=[^A-Za-z])".join(["(?:", ")"]) + ".*?".join(pieces) +
                             r"(?![A-Za-z])", re.DOTALL)
        return {english for english, entry in self.entries.items() if any(map(pattern.search, entry.samples))}


def check(root, files):
    """`files`: the catalogue, {english: file}."""
    rules = json.loads((HERE / "sentences.json").read_text(encoding="utf-8"))
    ignored = re.compile("|".join(f"(?:{one})" for one in rules["no_sentences"]), re.DOTALL)
    catalogue = Catalogue(files)
    used, problems = set(), []
    for text, place in sentences_in(root, rules).items():
        if ignored.fullmatch(text.replace(PLACE, "{}")):
            continue
        hits = {text} & files.keys() or catalogue.that_say(text) or catalogue.that_hold(text)
        used |= hits
        if not hits and is_sentence(text):
            problems.append(f"{place}: no Ukrainian: {text.replace(PLACE, '{}')!r}")
    for english, name in files.items():
        if english not in used and name not in rules["not_only_ours"]:
            problems.append(f"{name}: nothing says this: {english!r}")
    return problems


def self_test(root):
    """An entry that is gone and one that nothing says, of the files in `root`, are both found."""
    files = catalogue_of(root)
    gone = "the bundle is too large"
    files["the moon is full"] = files.pop(gone)
    problems = check(root, files)
    found = [sum(text in problem for problem in problems) for text in (gone, "the moon is full")]
    print(f"sentences: self-test found {found} of [1, 1], and {len(problems)} in all")
    return 0 if found == [1, 1] and len(problems) == 2 else 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=pathlib.Path, default=HERE.parent.parent)
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    root = arguments.root.resolve()
    if arguments.self_test:
        return self_test(root)
    problems = check(root, catalogue_of(root))
    print("\n".join(problems) or "sentences: every one is told in Ukrainian")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
