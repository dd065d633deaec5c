"""Whether a text mixes scripts more than honest words do (UTS #39 §5.2, Highly Restrictive).

Python has no table of scripts, but the name of a letter begins with its script. That is exact
enough here: letters newer than Unicode 3.2 do not pass the preparation of addresses anyway.
"""

import unicodedata

_TOGETHER = (  # the mixtures that people really write, each also without some of its parts
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
)
_ALIASES = {
    "IDEOGRAPHIC": "CJK",
    "HANGZHOU": "CJK",
    "KATAKANA-HIRAGANA": "KATAKANA",  # the long vowel mark, and two more only Japanese uses
    "VERTICAL": "KATAKANA",
    "MASU": "KATAKANA",
    "ARABIC-INDIC": "ARABIC",  # digits
    "EXTENDED": "ARABIC",
}
_NO_SCRIPTS = {"MODIFIER", "VARIATION", "MUSICAL", "VEDIC", "DINGBAT", "NEGATIVE", "DOUBLE"}


def mixed_script(text: str) -> bool:
    """Whether text is neither in one script nor in one of the usual mixtures of East Asia."""
    scripts = {script for char in set(text) if not char.isascii() and (script := _script(char))}
    if any(char.isascii() and char.isalpha() for char in text):
        scripts.add("LATIN")
    return len(scripts) > 1 and not any(scripts <= usual for usual in _TOGETHER)


def _script(char: str) -> str:
    """The script of a letter, mark or number; empty for what every script uses."""
    folded = unicodedata.normalize("NFKC", char)[:1]  # fullwidth and mathematical letters
    if unicodedata.category(folded)[0] not in "LMN":
        return ""
    words = unicodedata.name(folded, "").split()
    if words[:1] == ["COMBINING"]:
        words = [word for word in words if word in ("CYRILLIC", "GREEK")]
    if not words or words[0] in _NO_SCRIPTS:
        return ""
    return _ALIASES.get(words[0], words[0])
