"""Words of others stay words (M-1), and stay where they belong (M-8)."""

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextLayout

from pars_desktop.ui import plain_text
from pars_desktop.ui.plain_text import ElidedLabel, Label, isolated, one_line, showable

UI = Path(plain_text.__file__).parent
MARKUP = ["<b>x</b>", "<img src=file:///etc/hostname>", "&lt;", "a<br>b"]


@pytest.mark.parametrize("text", MARKUP)
def test_m1_labels_show_markup_as_it_is_written(qtbot, text):
    label, elided = Label(text), ElidedLabel(text)
    qtbot.addWidget(label)
    qtbot.addWidget(elided)
    elided.resize(600, 40)

    assert label.textFormat() == elided.textFormat() == Qt.TextFormat.PlainText
    assert label.text() == elided.text() == text


def test_m1_no_window_has_a_label_that_guesses_whether_its_text_is_html():
    """QLabel and QMessageBox read text as HTML when it looks like it, unless told otherwise."""
    guessing = []
    for path in sorted(UI.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call) or "id" not in node.func._fields:
                continue
            if node.func.id in ("QLabel", "QMessageBox", "QTextEdit", "QTextBrowser"):
                around = "\n".join(source.splitlines()[node.lineno - 1 : node.lineno + 3])
                if "setTextFormat(Qt.TextFormat.PlainText)" not in around:
                    guessing.append(f"{path.name}:{node.lineno}")
    assert not guessing


def test_m1_nothing_in_the_windows_asks_for_html():
    forbidden = ["setHtml", "appendHtml", "RichText", "AutoText", "setMarkdown", "insertHtml"]
    for path in sorted(UI.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        assert not [word for word in forbidden if f"{word}(" in source or f".{word}" in source]


def test_an_elided_label_tells_all_of_it_to_a_screen_reader(qtbot):
    label = ElidedLabel("a very long name that cannot be shown whole")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()

    assert label.text().endswith("…")
    assert label.accessibleName() == "a very long name that cannot be shown whole"


def test_m8_foreign_words_in_a_sentence_cannot_turn_it_around():
    assert isolated("\u202egnip\u202c") == "\u2068gnip\u2069"
    assert isolated("\u2069\u2069x") == "\u2068x\u2069"


def test_one_line_is_one_line_and_not_endless():
    assert one_line("a\n\tb \u2028 c") == "a b c"
    assert len(one_line("x" * 1_000_000)) == 400


def test_m8_what_no_font_can_show_is_replaced_and_every_place_stays(qapp):
    text = "a\x00b\ud800c\ufffed\r\ne\x1b[2J\x85"

    shown = showable(text)

    assert len(shown) == len(text)
    assert QTextLayout(shown).text() == shown
    assert not any(ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for char in shown)


def test_a_tab_and_ordinary_letters_stay():
    assert showable("a\tß 😀 שלום") == "a\tß 😀 שלום"
