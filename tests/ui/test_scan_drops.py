"""Pictures and links that are dropped onto a window, or pasted where a link is asked for."""

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeySequence,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.links import Links
from pars_desktop.core.registration import Registrar
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.store.settings import SettingsStore
from pars_desktop.ui.invite.add_friend_dialog import AddFriendDialog
from pars_desktop.ui.invite.scan import Eyes
from pars_desktop.ui.invite.scan_drops import Drops, link_in
from pars_desktop.ui.invite.scan_ways import MOST_FILES, EntryField, pictures_in
from pars_desktop.ui.main_window import MainWindow
from pars_desktop.ui.sheet import Sheet
from pars_desktop.ui.windows import Windows
from tests.fakes import JULIET, ROMEO, settle
from tests.ui.cast import CastEyes
from tests.ui.looking import named, words
from tests.ui.test_windows import NoHandler

LINK = "xmpp:nurse@capulet.lit?roster;preauth=A%2BB;name=The%20Nurse"
_KEYS = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)


def data(*, text="", urls=(), listed="", image=False):
    made = QMimeData()
    if text:
        made.setText(text)
    if urls:
        made.setUrls([QUrl(url) for url in urls])
    if listed:
        made.setData("text/uri-list", listed.encode())
    if image:
        made.setImageData(picture())
    return made


def picture():
    made = QImage(8, 8, QImage.Format.Format_RGB32)
    made.fill(0)
    return made


def drop(widget, mime, actions=Qt.DropAction.CopyAction | Qt.DropAction.MoveAction):
    """Drag it over a widget and let go there; the action if the widget or its window took it."""
    at = widget.rect().center()
    enter = QDragEnterEvent(at, actions, mime, *_KEYS)
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return None
    QApplication.sendEvent(widget, QDragMoveEvent(at, actions, mime, *_KEYS))
    fall = QDropEvent(QPointF(at), actions, mime, *_KEYS)
    QApplication.sendEvent(widget, fall)
    return fall.dropAction() if fall.isAccepted() else None


# --- what is in it -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mime", "link"),
    [
        (data(text=LINK), LINK),
        (data(text=f"  {LINK}\n"), LINK),
        (data(listed=f"# a comment\r\n{LINK}\r\n"), LINK),
        (data(listed=f"{LINK}\r\n", text="The Nurse"), LINK),
        (data(text="hello"), ""),
        (data(text="romeo@montague.lit"), ""),
        (data(text="javascript:alert(1)"), ""),
        (data(listed="https://example.org/\r\n", text="https://example.org/"), ""),
        (data(), ""),
    ],
)
def test_a_link_is_taken_exactly_as_it_was_written(mime, link):
    assert link_in(mime) == link


def test_of_ten_thousand_files_the_first_few_are_looked_at():
    many = data(urls=[f"file:///tmp/{number}.png" for number in range(10_000)])

    assert len(pictures_in(many)) == MOST_FILES


def test_a_file_on_another_machine_is_no_picture():
    assert pictures_in(data(urls=["https://example.org/cat.png"])) == []


@pytest.mark.parametrize("kind", ["png", "bmp", "jpeg", "gif", "webp"])
def test_u15_a_picture_of_another_program_is_taken_as_it_is_and_not_unpacked(kind):
    foreign = QMimeData()
    foreign.setData(f"image/{kind}", b"perhaps a picture")
    foreign.setData("application/x-qt-image", b"")  # Qt says so whenever it could unpack one

    assert pictures_in(foreign) == [b"perhaps a picture"]


@pytest.mark.parametrize("kind", ["svg+xml", "tiff", "x-xcf"])
def test_u15_a_picture_of_another_kind_is_none_to_us(kind, play):
    foreign = QMimeData()
    foreign.setData(f"image/{kind}", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    foreign.setImageData(picture())

    assert pictures_in(foreign) == []
    assert drop(play.window, foreign) is None


def test_u15_a_huge_picture_in_the_clipboard_holds_nothing_up(entry, monkeypatch):
    def unpacked(_data):
        raise AssertionError("unpacked where everything waits")

    monkeypatch.setattr(QMimeData, "imageData", unpacked)
    huge = QMimeData()
    huge.setData("image/png", b"\x89PNG of 7800 pixels square")

    paste(entry, huge)

    assert entry.given == [[b"\x89PNG of 7800 pixels square"]]


# --- onto a window -------------------------------------------------------------------------------


class Play:
    """A window, and what was dropped onto it."""

    def __init__(self, qtbot):
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.resize(400, 300)
        self.drops = Drops(self.window)
        self.pictures, self.links = [], []
        self.drops.pictures_dropped.connect(lambda *what: self.pictures.append(what))
        self.drops.link_dropped.connect(self.links.append)
        self.window.show()


@pytest.fixture
def play(qtbot):
    return Play(qtbot)


def test_files_are_pictures_for_all_we_know(play):
    taken = drop(play.window, data(urls=["file:///tmp/code.png"]))

    ((files, where),) = play.pictures
    assert [str(file) for file in files] == ["/tmp/code.png"]
    assert where is play.window
    assert taken is Qt.DropAction.CopyAction  # whoever offers to move a file must not delete it


def test_a_picture_itself_is_taken(play):
    drop(play.window, data(image=True))

    (((image,), _),) = play.pictures
    assert image.size() == picture().size()


def test_a_picture_from_a_web_page_is_taken_although_it_has_an_address(play):
    drop(play.window, data(image=True, text="https://example.org/code.png"))

    assert len(play.pictures) == 1
    assert play.links == []


def test_a_link_is_taken(play):
    drop(play.window, data(text=LINK))

    assert play.links == [LINK]


def test_other_words_are_left_alone(play):
    assert drop(play.window, data(text="hello")) is None
    assert play.links == play.pictures == []


def test_a_dialog_that_opens_later_takes_them_too(play, qtbot):
    dialog = Sheet("Add a friend", play.window)
    dialog.open()
    qtbot.wait(10)

    drop(dialog, data(urls=["file:///tmp/code.png"]))

    ((_, where),) = play.pictures
    assert where is dialog


def test_where_a_link_is_asked_for_words_become_text_and_pictures_do_not(play, qtbot):
    dialog = Sheet("Add a friend", play.window)
    field = EntryField()
    dialog.column.addWidget(field)
    dialog.open()
    qtbot.wait(10)

    drop(field, data(urls=["file:///tmp/code.png"]))
    assert field.text() == ""
    assert len(play.pictures) == 1
    drop(field, data(text=LINK))
    assert field.text() == LINK
    assert play.links == []


# --- pasted --------------------------------------------------------------------------------------


@pytest.fixture
def entry(qtbot):
    field = EntryField()
    qtbot.addWidget(field)
    field.given = []
    field.pictures_given.connect(field.given.append)
    field.show()
    yield field
    QGuiApplication.clipboard().clear()


def paste(field, mime):
    QGuiApplication.clipboard().setMimeData(mime)
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Paste))


def test_a_picture_in_the_clipboard_is_given_by_the_usual_keys(entry):
    paste(entry, data(image=True))

    (((image,),)) = entry.given
    assert image.size() == picture().size()
    assert entry.text() == ""


def test_a_file_in_the_clipboard_is_given_and_not_its_name(entry):
    paste(entry, data(urls=["file:///tmp/code.png"]))

    assert [str(file) for (file,) in entry.given] == ["/tmp/code.png"]
    assert entry.text() == ""


def test_words_are_pasted_as_ever(entry):
    paste(entry, data(text=LINK))

    assert entry.text() == LINK
    assert entry.given == []


def test_words_with_a_picture_of_themselves_are_words(entry):
    paste(entry, data(text="romeo@montague.lit", image=True))

    assert entry.text() == "romeo@montague.lit"
    assert entry.given == []


# --- the windows ---------------------------------------------------------------------------------


class House:
    """All windows of the program, and eyes that see what they are told."""

    def __init__(self, stage, qtbot, folder):
        self.window = MainWindow(stage.accounts, stage.conversations)
        qtbot.addWidget(self.window)
        self.window.show()
        self.eyes = CastEyes()
        self.tasks = Tasks()
        settings = SettingsStore(folder / "settings.json")
        self.links = Links(stage.accounts, settings)
        self.windows = Windows(
            self.window,
            stage.accounts,
            stage.conversations,
            self.links,
            self.tasks,
            settings,
            NoHandler(),
            lambda: Eyes(self.eyes.screens, self._read, self.eyes.asks),
            Registrar(stage.accounts, self.links, self.tasks),
        )
        self.windows.furnish()
        self.found = []

    async def _read(self, _picture):
        return self.found

    def ask(self):
        named(self.window, QPushButton, "Add a friend").click()
        return self.dialog()

    def dialog(self):
        return next(one for one in self.window.findChildren(AddFriendDialog) if one.isVisible())


@pytest.fixture
def house(stage, qtbot, tmp_path):
    return House(stage, qtbot, tmp_path)


def shown_address(dialog):
    return named(dialog, QLineEdit, "Friend's address").text()


async def test_a_picture_dropped_onto_the_main_window_proposes_what_its_code_says(house):
    house.found = [LINK]

    drop(house.window, data(urls=["file:///tmp/code.png"]))
    await settle()

    assert shown_address(house.dialog()) == "nurse@capulet.lit"


async def test_a_picture_without_a_code_is_answered_where_another_one_can_be_given(house):
    drop(house.window, data(image=True))
    await settle()

    assert "There is no code in this picture." in words(house.dialog())
    assert named(house.dialog(), QPushButton, "Scan a code on the screen")
    assert named(house.dialog(), QPushButton, "From an image file…")


async def test_a_link_dropped_onto_the_main_window_proposes(house):
    drop(house.window, data(listed=LINK))

    assert shown_address(house.dialog()) == "nurse@capulet.lit"


async def test_the_button_scans_and_the_same_dialog_proposes(house, monkeypatch):
    house.windows._scan._gone *= 0
    house.eyes.shown, house.found = ["screen"], [LINK]
    dialog = house.ask()

    named(dialog, QPushButton, "Scan a code on the screen").click()
    for task in list(house.tasks._running):
        await task

    assert house.dialog() is dialog
    assert shown_address(dialog) == "nurse@capulet.lit"


async def test_a_code_with_a_password_is_refused(house):
    house.found = ["xmpp:romeo@montague.lit?roster;password=secret"]
    dialog = house.ask()

    drop(dialog, data(image=True))
    await settle()

    assert "This link holds a password" in words(dialog)


async def test_a_picture_pasted_where_a_link_is_asked_for_proposes(house):
    house.found = [LINK]
    dialog = house.ask()

    paste(named(dialog, QLineEdit, "Address or link"), data(image=True))
    await settle()
    QGuiApplication.clipboard().clear()

    assert shown_address(dialog) == "nurse@capulet.lit"


async def test_words_dropped_onto_the_composer_are_text_a_picture_there_is_not(house, stage):
    stage.befriend(JULIET, "Juliet")
    house.window.open_chat(ChatKey(ROMEO, JULIET))
    composer = named(house.window, QPlainTextEdit, "Message")

    drop(composer.viewport(), data(text=LINK))
    assert composer.toPlainText() == LINK
    assert not house.links.is_busy
    drop(composer.viewport(), data(image=True))
    await settle()

    assert composer.toPlainText() == LINK
    assert "There is no code in this picture." in words(house.dialog())


async def test_wanting_to_add_a_friend_again_ends_waiting_for_the_screen(house):
    house.windows._scan._gone *= 1000
    dialog = house.ask()
    named(dialog, QPushButton, "Scan a code on the screen").click()
    await settle()
    assert not dialog.isVisible()

    named(house.window, QPushButton, "Add a friend").click()
    await settle()

    assert house.dialog() is dialog
