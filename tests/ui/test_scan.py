"""Codes on the screen and in pictures: looked for when told to, opened as if they were pasted."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QListWidget, QPushButton, QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.domain.errors import PictureTooLarge, PictureUnusable, ScreenNotShown
from pars_desktop.ui.invite.scan import Eyes, Scan
from pars_desktop.ui.invite.scan_dialog import CodesDialog
from pars_desktop.ui.sheet import Sheet
from tests.ui.cast import CastEyes
from tests.ui.looking import interface, named, press

LINK = "xmpp:romeo@montague.lit?roster;preauth=SECRET;name=Romeo"
OTHER = "xmpp:juliet@capulet.lit?roster;preauth=SECRET2"
BANK = "https://bank.example/login"


class Play:
    """A window, a dialog that wants a code, and what came of it."""

    def __init__(self, qtbot):
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.dialog = Sheet("Add a friend", self.window)
        self.dialog.open()
        self.eyes = CastEyes(shown=["left", "right"], codes={"left": [], "right": []})
        self.tasks = Tasks()
        self.opened, self.said = [], []
        self.scan = Scan(
            self.opened.append,
            Eyes(self.eyes.screens, self.eyes.read, self.eyes.asks),
            self.tasks,
            self.window,
            gone=timedelta(milliseconds=10),
        )
        self.scan.failed.connect(self.said.append)

    async def done(self):
        for task in list(self.tasks._running):
            await asyncio.gather(task, return_exceptions=True)

    async def look_at_screens(self, *left, right=()):
        self.eyes.codes = {"left": list(left), "right": list(right)}
        self.scan.look_at_screens(self.dialog)
        await self.done()

    async def look_at(self, *found):
        """Look at one picture for each of these lists of texts, or troubles."""
        self.eyes.codes = dict(enumerate(found))
        self.scan.look_at(list(self.eyes.codes), self.dialog)
        await self.done()

    def question(self):
        return next((one for one in self.window.findChildren(CodesDialog) if one.isVisible()), None)

    def lines(self):
        codes = named(self.question(), QListWidget, "Codes")
        return [codes.item(row).text() for row in range(codes.count())]


@pytest.fixture
def play(qtbot):
    return Play(qtbot)


# --- the screens ---------------------------------------------------------------------------------


async def test_one_code_on_the_screen_opens_as_if_it_had_been_pasted(play):
    await play.look_at_screens(LINK)

    assert play.opened == [LINK]
    assert play.said == []


async def test_every_screen_is_looked_at(play):
    await play.look_at_screens(right=[LINK])

    assert play.opened == [LINK]


async def test_our_dialog_is_gone_when_the_screen_is_looked_at_and_back_afterwards(play):
    seen = []

    async def screens():
        seen.append(play.dialog.isVisible())
        return []

    play.scan._eyes = Eyes(screens, play.eyes.read, play.eyes.asks)
    await play.look_at_screens()

    assert seen == [False, False]
    assert play.dialog.isVisible()
    assert play.dialog.isModal()
    assert play.window.isVisible()


class Lowered(QWidget):
    """A window that knows whether it is below the others."""

    is_low = False

    def lower(self):
        self.is_low = True

    def raise_(self):
        self.is_low = False


async def test_only_if_nothing_is_found_the_main_window_goes_out_of_the_way_as_well(play, qtbot):
    window = Lowered()
    qtbot.addWidget(window)
    window.show()
    play.scan._window = window
    lows = []

    async def screens():
        lows.append(window.is_low)
        return ["right"] if window.is_low else ["left"]

    play.scan._eyes = Eyes(screens, play.eyes.read, play.eyes.asks)
    await play.look_at_screens(right=[LINK])
    await play.look_at_screens(LINK)

    assert lows == [False, True, False]
    assert play.opened == [LINK, LINK]
    assert not window.is_low


async def test_a_desktop_that_asks_each_time_is_bothered_once(play):
    play.eyes.asks_each_time = True

    await play.look_at_screens()

    assert play.eyes.looked == 1
    assert len(play.said) == 1


async def test_without_a_dialog_only_the_main_window_is_in_the_way(play):
    play.eyes.codes = {"left": [LINK], "right": []}

    play.scan.look_at_screens()
    await play.done()

    assert play.opened == [LINK]
    assert play.dialog.isVisible()


async def test_nothing_found_is_said_with_a_hint(play):
    await play.look_at_screens()

    (said,) = play.said
    assert "no code" in said
    assert "larger" in said
    assert play.opened == []


async def test_a_desktop_that_does_not_show_the_screen_is_named(play):
    play.eyes.trouble = ScreenNotShown()

    await play.look_at_screens()

    assert play.said == ["Pars was not let see the screen, so nothing was looked for."]
    assert play.dialog.isVisible()


async def test_a_second_press_does_not_look_twice(play):
    play.eyes.asks_each_time = True
    play.scan.look_at_screens(play.dialog)
    play.scan.look_at_screens(play.dialog)
    await play.done()

    assert play.eyes.looked == 1
    assert len(play.said) == 1


async def test_the_person_may_give_up_waiting_and_gets_the_dialog_back(play):
    async def never():
        await asyncio.sleep(60)

    play.scan._eyes = Eyes(never, play.eyes.read, play.eyes.asks)
    play.scan.look_at_screens(play.dialog)
    await asyncio.sleep(0.05)
    assert not play.dialog.isVisible()

    play.scan.stop()
    await play.done()

    assert play.dialog.isVisible()
    assert play.said == play.opened == []


async def test_a_dialog_that_was_closed_meanwhile_does_not_come_back(play):
    play.scan.look_at_screens(play.dialog)
    play.dialog.accept()
    play.dialog.deleteLater()
    await play.done()

    assert len(play.said) == 1


async def test_nothing_comes_back_when_the_program_ends_meanwhile(play):
    play.scan.look_at_screens(play.dialog)
    await asyncio.sleep(0)
    play.window.hide()
    await play.tasks.close()

    assert not play.dialog.isVisible()


# --- what is found -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        BANK,
        "javascript:alert(1)",
        "file:///etc/passwd",
        "romeo@montague.lit",
        "WIFI:S:home;T:WPA;P:secret;;",
    ],
)
async def test_u15_a_code_without_an_invitation_is_said_to_be_that_and_not_opened(play, text):
    await play.look_at([text])

    assert play.said == ["There is a code, but no invitation in it."]
    assert play.opened == []
    assert play.question() is None


@pytest.mark.parametrize(
    "text",
    [
        "xmpp:romeo@montague.lit?roster;name=\x07Romeo\u202e",
        "xmpp:romeo@montague.lit?roster;password=secret",
        "xmpp:?message;body=hello",
    ],
)
async def test_u15_what_to_think_of_an_odd_link_is_left_to_whoever_opens_links(play, text):
    await play.look_at([text])

    assert play.opened == [text]


async def test_u15_of_several_codes_the_person_chooses(play, qtbot):
    await play.look_at([BANK, LINK, "hello <b>you</b>", OTHER])

    assert play.opened == []
    assert [line.translate({0x2068: None, 0x2069: None}) for line in play.lines()] == [
        "Invitation from romeo@montague.lit",
        "Invitation from juliet@capulet.lit",
        "No invitation: page of bank.example",
        "No invitation: hello <b>you</b>",
    ]
    assert "SECRET" not in " ".join(play.lines())
    choose(play.question(), 1)
    press(named(play.question(), QPushButton, "Open"))

    assert play.opened == [OTHER]
    assert play.question() is None


async def test_no_code_of_several_is_chosen_before_the_person_does(play):
    await play.look_at([LINK, OTHER])

    assert not named(play.question(), QPushButton, "Open").isEnabled()
    press(named(play.question(), QPushButton, "Cancel"))

    assert play.opened == []


async def test_what_is_no_link_cannot_be_opened_from_the_list(play):
    await play.look_at([BANK, LINK])
    codes = named(play.question(), QListWidget, "Codes")
    choose(play.question(), 1)

    assert not named(play.question(), QPushButton, "Open").isEnabled()
    assert not codes.item(1).flags() & Qt.ItemFlag.ItemIsEnabled
    tree = interface(codes)
    tree.selectionInterface().select(tree.child(1))
    assert codes.selectedItems() == []
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(codes, key)
    assert play.opened == [LINK]


async def test_a_code_can_be_chosen_by_the_keyboard_alone(play, qtbot):
    await play.look_at([LINK, OTHER])
    codes = named(play.question(), QListWidget, "Codes")
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(codes, key)

    assert play.opened == [OTHER]


async def test_the_code_that_an_assistive_tool_selects_is_opened(play):
    await play.look_at([LINK, OTHER])
    tree = interface(named(play.question(), QListWidget, "Codes"))
    assert tree.selectionInterface().select(tree.child(0))
    assert tree.selectionInterface().select(tree.child(1))
    press(named(play.question(), QPushButton, "Open"))

    assert play.opened == [OTHER]


async def test_several_codes_without_an_invitation_are_no_question(play):
    await play.look_at([BANK, "hello"])

    assert play.question() is None
    assert play.said == ["There is a code, but no invitation in it."]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("xmpp:romeo@montague.lit", "Address: romeo@montague.lit"),
        ("xmpp:montague.lit?register;preauth=A", "Invitation to an account: montague.lit"),
        ("xmpp:coven@chat.lit?join", "Link about coven@chat.lit"),
        ("xmpp:?message;body=x", "A link to nobody in particular"),
        ("xmpp:a@b.c?roster;password=p", "A link that Pars does not use"),
        ("a\nb\x00c" + "d" * 500, "No invitation: a b c" + "d" * 54 + "…"),
        ("HTTPS://bank.example@EVIL.example/x", "No invitation: page of evil.example"),
        ("https://[", "No invitation: https://["),
    ],
)
async def test_every_code_of_several_is_named_in_a_few_words(play, text, meant):
    await play.look_at([LINK, text])

    assert play.lines()[1].translate({0x2068: None, 0x2069: None}) == meant


def choose(question, row):
    named(question, QListWidget, "Codes").setCurrentRow(row)


# --- pictures ------------------------------------------------------------------------------------


async def test_several_pictures_are_looked_at_for_one_answer(play):
    await play.look_at([LINK], [OTHER], [LINK])

    assert len(play.lines()) == 2


async def test_a_picture_without_a_code_is_said_to_have_none(play):
    await play.look_at([])

    assert play.said == ["There is no code in this picture."]


@pytest.mark.parametrize(
    ("trouble", "word"), [(PictureUnusable(), "cannot read"), (PictureTooLarge(), "too large")]
)
async def test_u15_a_picture_that_cannot_be_read_is_said_to_be_that(play, trouble, word):
    await play.look_at(trouble)

    (said,) = play.said
    assert word in said


async def test_a_picture_that_can_be_read_counts_more_than_one_that_cannot(play):
    await play.look_at(PictureUnusable(), [LINK])

    assert play.opened == [LINK]
    assert play.said == []


async def test_a_file_can_be_chosen(play, tmp_path):
    path = tmp_path / "code.png"
    path.write_bytes(b"")
    play.eyes.codes = {path: [LINK]}

    play.scan.choose_file(play.dialog)
    (files,) = play.dialog.findChildren(QFileDialog)
    assert files.isVisible()
    assert "*.webp" in files.nameFilters()[0]
    assert "svg" not in " ".join(files.nameFilters())
    files.fileSelected.emit(str(path))
    files.reject()
    await play.done()

    assert play.opened == [LINK]
    assert isinstance(next(iter(play.eyes.codes)), Path)
