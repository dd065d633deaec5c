"""Write pars_desktop/domain/confusables.py from Unicode's confusables.txt (UTS #39 §4).

python packaging/confusables.py confusables.txt > pars_desktop/domain/confusables.py
"""

import sys
import textwrap
import unicodedata
from pathlib import Path

SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN")  # between which forged addresses are made
HEAD = '''"""Letters that look like others: Latin, Cyrillic, Greek and Armenian ones (UTS #39 §4).

Made by packaging/confusables.py from confusables.txt, Unicode {version}:
Copyright (c) 1991-2025 Unicode, Inc., Unicode License v3, see LICENSES/Unicode-3.0.txt.
"""

# In turn: what is seen, and the letters that look like it.
TABLE = """
'''


def main() -> None:
    """Keep what is left of the table after the preparation that addresses and names get."""
    version, looks = _read(Path(sys.argv[1]))
    alike: dict[str, str] = {}
    for letter, seen in looks.items():
        is_ours = unicodedata.name(letter, "").startswith(SCRIPTS) and letter.isalnum()
        prepared = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", letter))
        if is_ours and not letter.isascii() and prepared == letter:
            alike[seen] = alike.get(seen, "") + letter
    words = " ".join(f"{seen} {letters}" for seen, letters in sorted(alike.items()))
    lines = textwrap.fill("".join(map(_visible, words)), 90, break_on_hyphens=False)
    print(f'{HEAD.format(version=version)}{lines}\n"""')


def _read(path: Path) -> tuple[str, dict[str, str]]:
    """The version, and what each letter looks like."""
    version, looks = "", {}
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if line.startswith("# Version:"):
            version = line.removeprefix("# Version:").strip()
        source, _, rest = line.partition("#")[0].partition(";")
        if rest:
            target = rest.partition(";")[0].split()
            looks[chr(int(source, 16))] = "".join(chr(int(code, 16)) for code in target)
    return version, looks


def _visible(char: str) -> str:
    """Marks that would sit on the letter before them are written by number."""
    return f"\\u{ord(char):04x}" if unicodedata.combining(char) else char


if __name__ == "__main__":
    main()
