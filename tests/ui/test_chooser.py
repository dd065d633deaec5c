"""A field to choose one of a few, by assistive tools as by a click."""

import pytest

from pars_desktop.ui.chooser import Chooser
from tests.ui.looking import interface


class Shown(Chooser):
    """With what it said."""

    def __init__(self, qtbot, *, chosen=0):
        super().__init__("Choose")
        qtbot.addWidget(self)
        self.addItems(["a day", "a week", "a month"])
        self.setCurrentIndex(chosen)
        self.told = []
        self.activated.connect(self.told.append)
        self.show()


@pytest.mark.parametrize("chosen", [0, -1])
@pytest.mark.parametrize("opened", [False, True])
def test_what_an_assistive_tool_selects_is_chosen(qtbot, opened, chosen):
    chooser = Shown(qtbot, chosen=chosen)
    if opened:
        chooser.showPopup()
    rows = interface(chooser).child(0)
    assert rows.selectionInterface().select(rows.child(2))

    qtbot.waitUntil(lambda: chooser.currentIndex() == 2)
    assert chooser.told == [2]
    assert not chooser.view().isVisible()


def test_a_second_choice_counts_as_well(qtbot):
    chooser = Shown(qtbot)
    rows = interface(chooser).child(0)
    for row in (2, 1, 2):
        assert rows.selectionInterface().select(rows.child(row))
        qtbot.waitUntil(lambda wanted=row: chooser.currentIndex() == wanted)


def test_what_the_program_chooses_stays_chosen(qtbot):
    chooser = Shown(qtbot)
    for row in (2, 1):
        chooser.setCurrentIndex(row)
    qtbot.wait(50)

    assert chooser.currentIndex() == 1
    assert chooser.told == []


def test_what_the_pointer_is_over_in_the_open_list_is_not_chosen(qtbot):
    chooser = Shown(qtbot)
    chooser.showPopup()
    chooser.view().setCurrentIndex(chooser.model().index(1, 0))
    qtbot.wait(50)

    assert chooser.currentIndex() == 0
    assert chooser.told == []
    chooser.hidePopup()
