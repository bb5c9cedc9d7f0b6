"""docs/security.md: every row of its table of attempts names its tests or fuzz targets, and all that it names exist."""

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`(tests/[\w/.]+)` \*([^*]+)\*")
TARGETS = re.compile(r'Target\{"(\w+)"')
LITERALS = re.compile(r'TEST_CASE\(((?:\s*"(?:[^"\\]|\\.)*")+)\s*\)')


def sentences(file):
    """The names of the tests in it, as sentences; of fuzz targets, which are run by their names; of a scenario, its title."""
    text = (ROOT / file).read_text()
    if file.startswith("tests/scenarios/"):
        return {text.split("\n")[0]}
    if file.startswith("tests/fuzz/"):
        return set(TARGETS.findall(text))
    if file.endswith(".py"):
        return {name.replace("_", " ") for name in re.findall(r"def test_(\w+)", text)}
    return {"".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals)) for literals in LITERALS.findall(text)}


class SecurityPage(unittest.TestCase):
    def test_every_row_names_tests_that_exist(self):
        table = (ROOT / "docs" / "security.md").read_text().split("| who | tries to |")[1].split("\n\n")[0]
        rows = table.splitlines()[2:]
        self.assertGreater(len(rows), 30)
        for row in rows:
            named = NAMED.findall(row.split("|")[-2])
            self.assertTrue(named, row)
            for file, sentence in named:
                with self.subTest(sentence):
                    self.assertTrue((ROOT / file).is_file(), file)
                    self.assertIn(sentence, sentences(file))


if __name__ == "__main__":
    unittest.main()
