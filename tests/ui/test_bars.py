"""Bars: words, icons, and buttons that report."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from pars_desktop.domain.conversation import ChatKey
from pars_desktop.ui import theme
from pars_desktop.ui.bars import BefriendedBar, HandlerBar, NoticeBar, Strip
from pars_desktop.ui.sheet import breakable
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.ui.looking import named, words


@pytest.fixture
def window(qtbot):
    """Something for a bar to stand in."""
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("button", "accepted", "declined"), [("Open with Pars", 1, 0), ("Not now", 0, 1)]
)
def test_u14_it_asks_once_whether_links_should_open_here(window, button, accepted, declined):
    bar = HandlerBar(window)
    heard = []
    bar.accepted.connect(lambda: heard.append("accepted"))
    bar.declined.connect(lambda: heard.append("declined"))
    assert not bar.isVisible()

    bar.ask()
    assert "Open invitation links with Pars?" in words(bar)
    named(bar, QPushButton, button).click()

    assert (heard.count("accepted"), heard.count("declined")) == (accepted, declined)
    assert not bar.isVisible()


def test_a_new_friend_is_announced_and_one_press_from_the_chat(window):
    bar = BefriendedBar(window)
    heard = []
    bar.open_chat.connect(heard.append)

    bar.announce(ChatKey(ROMEO, JULIET), "Juliet")
    assert "You and Juliet are now friends" in words(bar)
    named(bar, QPushButton, "Open chat").click()

    assert heard == [ChatKey(ROMEO, JULIET)]
    assert not bar.isVisible()


def test_once_the_chat_was_seen_nothing_is_left_to_say(window):
    bar = BefriendedBar(window)
    bar.announce(ChatKey(ROMEO, JULIET), "")
    assert "You and juliet@capulet.lit are now friends" in words(bar)

    bar.seen(ChatKey(ROMEO, TYBALT))
    assert bar.isVisible()
    bar.seen(ChatKey(ROMEO, JULIET))

    assert not bar.isVisible()


def test_with_several_accounts_it_says_as_whom_one_is_friends(window):
    bar = BefriendedBar(window)

    bar.announce(ChatKey(ROMEO, JULIET), "Juliet", says_account=True)
    assert "You and Juliet are now friends as romeo@montague.lit" in words(bar).translate(
        {0x2068: "", 0x2069: ""}
    )
    bar.announce(ChatKey(ROMEO, JULIET), "Juliet")

    assert "romeo@montague.lit" not in words(bar)


def test_words_of_others_are_never_read_as_markup(window):
    bar = BefriendedBar(window)

    bar.announce(ChatKey(ROMEO, JULIET), "<b>Juliet</b>")

    assert "<b>Juliet</b>" in words(bar)
    assert all(one.textFormat().name == "PlainText" for one in bar.findChildren(QLabel))


def test_a_warning_has_an_icon_beside_its_words(qtbot):
    strip = Strip("warning", warns=True)
    qtbot.addWidget(strip)
    strip.say("Mind the gap.")
    strip.resize(300, 50)
    picture = strip.grab().toImage()
    left = {picture.pixelColor(x, y).name() for x in range(12, 34) for y in range(50)}

    assert theme.colours().warning.name() in left
    assert picture.pixelColor(290, 25) == QColor(theme.colours().warning_soft)


def test_a_strip_with_nothing_to_say_takes_no_room(qtbot):
    strip = Strip("warning")
    qtbot.addWidget(strip)
    strip.say("Something.")

    strip.say("")

    assert not strip.isVisible()


def test_short_words_are_left_alone():
    assert breakable("An address looks like name@example.org.") == (
        "An address looks like name@example.org."
    )


def test_long_addresses_may_be_broken_where_their_parts_begin():
    made = breakable("romeo.of.montague@chat.some-university.example")

    assert made.replace("\u200b", "") == "romeo.of.montague@chat.some-university.example"
    assert made.split("\u200b")[:3] == ["romeo.of.montague", "@chat", ".some-university"]


def test_what_fits_on_a_line_is_not_broken_at_its_dots():
    assert breakable("juliet.c@capulet.lit,").split("\u200b") == ["juliet.c", "@capulet.lit,"]


def test_no_piece_of_a_long_word_is_too_long_for_a_narrow_column():
    assert max(map(len, breakable("x" * 300).split("\u200b"))) <= 20


@pytest.mark.parametrize("mark", ["\u0488", "\u0301", "\u093f", "\u20dd"])
def test_m8_marks_heaped_on_one_letter_do_not_widen_what_is_said(qtbot, mark):
    strip = Strip("warning")
    qtbot.addWidget(strip)
    strip.say(f"a{mark * 6}b")
    usual = strip.words.minimumSizeHint().width()

    strip.say("a" + mark * 500)

    assert strip.words.minimumSizeHint().width() <= usual
    assert strip.words.accessibleName() == "a" + mark * 500


def test_u10_ignored_links_are_counted_in_words(window):
    bar = NoticeBar(window)

    bar.links_ignored(499)
    assert "Links ignored: 499" in words(bar)

    named(bar, QPushButton, "Dismiss").click()
    assert not bar.isVisible()
