"""The small part of Lua in which Prosody writes its data files: constants and tables."""

import re

type_of_value = str | int | float | bool | None | dict  # what a table holds, as Python has it

_TOKEN = re.compile(
    rb"""\s*(?: (?P<string> "(?:[^"\\]|\\.)*" )
              | (?P<number> -?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? )
              | (?P<word> \w+ )
              | (?P<sign> [][{}=;,] ) )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(rb"\\(?:(\d{1,3})|(\n|.))", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b", b"f": b"\f"}
_WORDS = {b"true": True, b"false": False, b"nil": None}


def literal(value: str | int) -> str:
    """A constant as Lua source."""
    if isinstance(value, int):
        return str(value)
    return '"' + "".join(f"\\{byte:03d}" for byte in value.encode()) + '"'


def read(source: bytes) -> dict:
    """The table of a file that says `return { ... };`. A list gets the keys 1, 2, ..."""
    tokens = [(found.lastgroup, found.group(found.lastgroup)) for found in _TOKEN.finditer(source)]
    assert tokens.pop(0) == ("word", b"return"), "not a data file of Prosody"
    tokens.reverse()
    return _value(tokens)


def _value(tokens: list) -> type_of_value:
    kind, text = tokens.pop()
    if kind == "string":
        return _unescaped(text[1:-1])
    if kind == "number":
        return int(text) if text.lstrip(b"-").isdigit() else float(text)
    if kind == "word":
        return _WORDS[text]
    assert text == b"{", f"unexpected {text!r}"
    table: dict = {}
    position = 0
    while tokens[-1] != ("sign", b"}"):
        if tokens[-1] == ("sign", b"["):
            tokens.pop()
            key = _value(tokens)
            assert tokens.pop() == ("sign", b"]")
            assert tokens.pop() == ("sign", b"=")
        elif tokens[-1][0] == "word" and tokens[-2] == ("sign", b"="):
            key = tokens.pop()[1].decode()
            tokens.pop()
        else:
            position += 1
            key = position
        table[key] = _value(tokens)
        if tokens[-1] in (("sign", b";"), ("sign", b",")):
            tokens.pop()
    tokens.pop()
    return table


def _unescaped(text: bytes) -> str:
    def plain(found: re.Match) -> bytes:
        code, letter = found.groups()
        return bytes([int(code)]) if code else _LETTERS.get(letter, letter)

    return _ESCAPE.sub(plain, text).decode("utf-8", "replace")
