"""Which words of a Ukrainian text are still in Latin letters and are no data.

Data are names, ids, paths, addresses, options, file names, codes in capitals, and every word of the ledger's events.
"""

import re

NO_WORDS = re.compile(r"""
    `[^`]*` | \{[^}]*\} | <[^>]*>             # what is typed, or stands for it
  | \btallinn(?:\ [a-z]+)+                   # commands
  | ^\ \ [a-z]+(?=\ \ )                      # in a list of them
  | (?<![\w-])--[a-z-]+                      # options
  | ^\s+\S+\ =\ .*$                          # a setting
  | \b[A-Z][a-z]+[A-Z]\w+\b                 # types of events
  | \b[A-Za-z]+://\S+                        # addresses
  | \S*[/=]\S*                               # paths, base64
  | \S*\d\S*                                 # ids, hashes, sizes
  | \b[\w-]+(?:\.[\w-]+)+                    # file and host names
  | \b[A-Z][A-Z:-]*\b                        # codes, currencies, abbreviations, what stands for an argument
""", re.VERBOSE | re.MULTILINE)
EXAMPLE = re.compile(r"^(?:Приклад:| {8,}).*\btallinn\b.*$|^Почніть так:.*$", re.MULTILINE)
# Names of programs, formats and keys, and what an option takes.
NAMES = {"tallinn", "kyiv", "warsaw", "ed25519", "bash", "zsh", "fish", "man", "base64", "base", "quote", "front", "back",
         "en", "uk", "recorded", "refused", "waiting", "id", "data", "anchor", "seen", "sha256", "Ctrl", "Lines", "tlog", "proof"}


def words_of(text):
    return set(re.findall(r"[A-Za-z]+", text))


def latin_words(text, data):
    """Words in Latin letters that are neither in `data` (words of the ledger's events) nor data by their shape."""
    rest = NO_WORDS.sub(" ", EXAMPLE.sub("", text))
    return sorted(word for word in words_of(rest) if len(word) > 1 and word not in data and word not in NAMES)
