"""Looks for codes on the screens and in pictures; what is found opens as if it had been pasted."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget
from shiboken6 import isValid

from pars_desktop.base.tasks import Tasks
from pars_desktop.domain.errors import Trouble
from pars_desktop.ui import errors
from pars_desktop.ui.invite.scan_dialog import CodesDialog, is_link

Picture: TypeAlias = QImage | bytes | Path  # itself, or the contents or the name of its file

KINDS = ("png", "jpg", "jpeg", "gif", "bmp", "webp")


@dataclass(frozen=True, slots=True)
class Eyes:
    """How this machine sees its screens, and reads the codes in a picture."""

    screens: Callable[[], Awaitable[Sequence[Picture]]]  # raises Trouble
    read: Callable[[Picture], Awaitable[list[str]]]  # raises Trouble
    asks: Callable[[], bool]  # the desktop asks the person each time somebody looks at the screens


class Scan(QObject):
    """Looks once at a time, and only when it is told to. Nothing that is found acts by itself.

    One code opens, of several the person chooses one. Our own windows may cover the code: the
    dialog goes out of the way first, and only if nothing is found the main window, too. `gone` is
    how long a desktop may take to fade them out.
    """

    failed = Signal(str)  # a sentence: why there is nothing to open

    def __init__(
        self,
        open_link: Callable[[str], None],
        eyes: Eyes,
        tasks: Tasks,
        window: QWidget,
        *,
        gone: timedelta = timedelta(milliseconds=300),
    ) -> None:
        super().__init__(window)
        self._open_link = open_link
        self._eyes = eyes
        self._tasks = tasks
        self._window = window
        self._gone = gone
        self._looking: asyncio.Task[None] | None = None

    def look_at_screens(self, dialog: QDialog | None = None) -> None:
        """Look at what there is on all screens; the dialog steps aside meanwhile."""
        self._start(self._look_behind(dialog))

    def look_at(self, pictures: Sequence[Picture], parent: QWidget) -> None:
        """Look at pictures, all of them for one answer. A question about it is the parent's."""
        self._start(self._look(pictures, parent))

    def choose_file(self, parent: QWidget) -> None:
        """Let the person choose the file of a picture."""
        dialog = QFileDialog(parent, self.tr("Choose a picture with a code"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        patterns = " ".join(f"*.{kind}" for kind in KINDS)
        dialog.setNameFilters([self.tr("Pictures ({})").format(patterns), self.tr("All files (*)")])
        dialog.fileSelected.connect(lambda name: self.look_at([Path(name)], parent))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def stop(self) -> None:
        """The person does not want to wait any longer."""
        if self._looking is not None:
            self._looking.cancel()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        if self._looking is not None and not self._looking.done():
            work.close()
            return
        self._looking = self._tasks.spawn(work, name="look for codes")

    async def _look_behind(self, dialog: QDialog | None) -> None:
        nothing = self.tr(
            "There is no code to be seen on the screen. "
            "If there is one, make it larger, and let nothing cover it."
        )
        found: list[str] = []
        if dialog is not None:
            dialog.hide()
        try:
            found = await self._read_screens()
            if not found and not self._eyes.asks():
                self._window.lower()
                found = await self._read_screens()
        except Trouble as trouble:
            nothing = errors.sentence(trouble)
        finally:
            self._bring_back(dialog)
        self._offer(found, dialog or self._window, nothing)

    async def _read_screens(self) -> list[str]:
        await asyncio.sleep(self._gone.total_seconds())
        return await self._read(await self._eyes.screens())

    def _bring_back(self, dialog: QDialog | None) -> None:
        if not self._window.isVisible():  # the program ends
            return
        self._window.raise_()
        if dialog is not None and isValid(dialog) and not dialog.isVisible():
            dialog.open()
            dialog.activateWindow()

    async def _look(self, pictures: Sequence[Picture], parent: QWidget) -> None:
        try:
            found = await self._read(pictures)
        except Trouble as trouble:
            self.failed.emit(errors.sentence(trouble))
        else:
            self._offer(found, parent, self.tr("There is no code in this picture."))

    async def _read(self, pictures: Sequence[Picture]) -> list[str]:
        """What all codes say. Trouble with one picture counts if no other one has a code."""
        found: dict[str, None] = {}
        last: Trouble | None = None
        for picture in pictures:
            try:
                found |= dict.fromkeys(await self._eyes.read(picture))
            except Trouble as trouble:
                last = trouble
        if last is not None and not found:
            raise last
        return list(found)

    def _offer(self, found: list[str], parent: QWidget, nothing: str) -> None:
        if not found:
            self.failed.emit(nothing)
        elif not any(map(is_link, found)):
            self.failed.emit(self.tr("There is a code, but no invitation in it."))
        elif len(found) == 1:
            self._open_link(found[0])
        else:
            question = CodesDialog(found, parent if isValid(parent) else self._window)
            question.chosen.connect(self._open_link)
            question.open()
