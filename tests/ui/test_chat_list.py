"""The list "Chats": how rows look, and that a chat opens when its row becomes selected."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtWidgets import QWidget

from pars_desktop.domain.contact import Availability
from pars_desktop.ui import theme
from pars_desktop.ui.contacts.chat_list import ChatList
from pars_desktop.ui.contacts.chat_model import ChatListModel
from tests.fakes import JULIET, TYBALT
from tests.ui.looking import interface
from tests.ui.stage import NOW, person


@pytest.fixture
def shown(stage, qtbot, dressed):
    def show(width=300, height=500):
        model = ChatListModel(stage.conversations, now=lambda: NOW)
        window = QWidget()
        chats = ChatList(model, window)
        model.setParent(chats)
        chats.opened = []
        chats.chosen.connect(chats.opened.append)
        qtbot.addWidget(window)
        window.resize(width, height)
        chats.resize(width, height)
        window.show()
        show.kept.append(window)
        return chats

    show.kept = []
    return show


@pytest.fixture
def three(stage):
    return [stage.befriend(person(number), f"Person {number}") for number in range(3)]


def test_its_name_and_its_items_are_known_to_assistive_tools(shown, three):
    chats = interface(shown())

    assert chats.text(QAccessible.Text.Name) == "Chats"
    assert chats.role() == QAccessible.Role.List
    assert chats.childCount() == 3
    assert chats.child(0).text(QAccessible.Text.Name).startswith("Person 0")
    assert chats.child(0).role() == QAccessible.Role.ListItem


def test_a_chat_opens_when_an_assistive_tool_selects_it(shown, three):
    chats = shown()
    tree = interface(chats)

    assert tree.selectionInterface().select(tree.child(2))
    assert tree.selectionInterface().select(tree.child(1))

    assert chats.opened == [three[2], three[1]]
    assert len(chats.selectionModel().selectedIndexes()) == 1


def test_a_chat_opens_when_an_assistive_tool_acts_on_it(shown, three):
    chats = shown()
    item = interface(chats).child(1)

    action = item.actionInterface()
    action.doAction(action.actionNames()[0])

    assert chats.opened == [three[1]]


def test_a_click_opens_a_chat(shown, three, qtbot):
    chats = shown()
    place = chats.visualRect(chats.model().index(1)).center()

    qtbot.mouseClick(chats.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert chats.opened == [three[1]]


def test_up_and_down_open_the_next_chat_and_enter_wants_to_write(shown, three, qtbot):
    chats = shown()
    chats.select(three[0])

    qtbot.keyClick(chats, Qt.Key.Key_Down)
    qtbot.keyClick(chats, Qt.Key.Key_Down)
    qtbot.keyClick(chats, Qt.Key.Key_Up)

    assert chats.opened == [three[1], three[2], three[1]]
    with qtbot.waitSignal(chats.writing_wanted):
        qtbot.keyClick(chats, Qt.Key.Key_Return)


def test_enter_opens_the_row_with_the_ring_if_no_chat_is_open(shown, three, qtbot):
    chats = shown()
    chats.selectionModel().setCurrentIndex(
        chats.model().index(1), QItemSelectionModel.SelectionFlag.NoUpdate
    )

    qtbot.keyClick(chats, Qt.Key.Key_Return)

    assert chats.opened == [three[1]]


def test_showing_which_chat_is_open_is_no_choice_of_the_person(shown, three):
    chats = shown()

    chats.select(three[2])

    assert chats.currentIndex().row() == 2
    assert chats.opened == []


def test_the_open_chat_stays_selected_when_the_list_is_read_again(shown, three, stage, qtbot):
    chats = shown()
    chats.select(three[2])

    stage.conversations.reset.emit()
    assert chats.selectionModel().isSelected(chats.model().index(2))
    stage.receive(person(2), "to the top")
    qtbot.waitUntil(lambda: chats.currentIndex().row() == 0)
    assert chats.selectionModel().isSelected(chats.model().index(0))
    assert chats.opened == []


def test_a_search_that_hides_the_open_chat_does_not_close_it(shown, three):
    chats = shown()
    chats.select(three[2])

    chats.model().search("Person 1")
    assert not chats.selectionModel().hasSelection()
    chats.model().search("")

    assert chats.currentIndex().row() == 2
    assert chats.opened == []


def test_rows_are_64_high_and_grow_with_the_font(shown, three):
    chats = shown()
    assert chats.visualRect(chats.model().index(0)).height() == theme.ROW

    chats.setFont(theme.font(3.0))
    assert chats.sizeHintForRow(0) > theme.ROW


def test_availability_is_a_shape_and_not_only_a_colour(shown, stage):
    """Grey in grey, the four states can still be told apart."""
    states = [Availability.ONLINE, Availability.AWAY, Availability.DND, Availability.OFFLINE]
    pictures = set()
    stage.befriend(JULIET, "Juliet")
    chats = shown()
    for state in states:
        stage.appear(JULIET, state)
        stage.conversations.reset.emit()
        image = chats.window().grab().toImage()
        dot = [(x, y) for x in range(44, 58) for y in range(40, 56)]
        grey = tuple(QColor(image.pixel(x, y)).lightness() > 170 for x, y in dot)
        pictures.add(grey)
    assert len(pictures) == len(states)


def test_unread_makes_the_name_bold_and_shows_a_badge(shown, stage):
    stage.befriend(JULIET, "Juliet")
    chats = shown()
    calm = _ink(chats, theme.LIGHT.accent)
    stage.remember(JULIET, "hello", unread=True, ago=timedelta(minutes=1))

    stage.conversations.reset.emit()

    assert _ink(chats, theme.LIGHT.accent) > calm + 100


def test_a_long_name_and_a_long_word_stay_inside_the_row(shown, stage):
    stage.befriend(TYBALT, "Donaudampfschifffahrtsgesellschaftskapitän " * 5)
    stage.remember(TYBALT, "x" * 5000, unread=True)
    chats = shown(width=240)

    image = chats.window().grab().toImage()

    edge = {image.pixel(237, y) for y in range(4, 60)}
    assert len(edge) == 1  # nothing but the ground


@pytest.mark.parametrize("text", ["<b>x</b>", "<img src=file:///etc/hostname>", "&lt;", "a<br>b"])
def test_m1_markup_in_names_and_messages_is_painted_as_it_is_written(shown, stage, text):
    stage.befriend(JULIET, text)
    stage.remember(JULIET, text)

    chats = shown()

    assert chats.model().index(0).data() == text
    plain = _dark_pixels(chats)
    stage.befriend(JULIET, "x")
    stage.conversations.reset.emit()
    assert plain > _dark_pixels(chats)  # more letters than the markup would leave


def test_a_name_without_a_second_line_stands_in_the_middle(shown, stage):
    stage.befriend(JULIET, "xxx")  # letters of one height
    image = shown().window().grab().toImage()

    dark = [
        y
        for y in range(theme.ROW)
        if any(QColor(image.pixel(x, y)).lightness() < 140 for x in range(62, 140))
    ]

    assert abs((dark[0] + dark[-1]) / 2 - theme.ROW / 2) <= 3


def test_a_long_name_shows_its_beginning_and_the_account_its_mark(two_accounts, qtbot, dressed):
    pictures = []
    for ending in ("of the Montagues", "of the Mercutios"):
        two_accounts.befriend(JULIET, f"Wolfeschlegelsteinhausenbergerdorff {ending}")
        two_accounts.remember(JULIET, "x " * 200)
        chats = ChatList(ChatListModel(two_accounts.conversations, now=lambda: NOW))
        qtbot.addWidget(chats)
        chats.resize(240, 100)
        chats.show()
        pictures.append(chats.grab().toImage())

    assert pictures[0] == pictures[1]
    mark = [pictures[0].pixelColor(x, 42) for x in range(150, 240)]
    assert theme.LIGHT.hairline in mark


def test_only_the_rows_in_sight_are_painted(shown, stage, monkeypatch):
    for number in range(1000):
        stage.befriend(person(number), f"Person {number}")
    chats = shown(height=640)
    painted = []
    delegate = chats.itemDelegate()
    paint = type(delegate).paint
    monkeypatch.setattr(type(delegate), "paint", lambda *args: (painted.append(1), paint(*args))[1])

    chats.window().grab()

    assert 10 <= len(painted) <= 12


def test_several_selected_at_once_become_one(shown, three):
    chats = shown()
    flag = QItemSelectionModel.SelectionFlag.Select
    for row in range(3):
        chats.selectionModel().select(chats.model().index(row), flag)

    assert len(chats.selectionModel().selectedIndexes()) == 1
    assert chats.opened[-1] == three[2]


def _ink(chats, colour):
    image = chats.window().grab().toImage()
    places = [(x, y) for x in range(image.width()) for y in range(64)]
    return sum(image.pixel(x, y) == colour.rgb() for x, y in places)


def _dark_pixels(chats):
    image = chats.window().grab().toImage()
    places = [(x, y) for x in range(60, image.width()) for y in range(64)]
    return sum(QColor(image.pixel(x, y)).lightness() < 140 for x, y in places)
