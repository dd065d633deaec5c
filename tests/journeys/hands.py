"""What a person sees of a copy and does with it, by the accessible names of its controls."""

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QWidget,
)

from tests.journeys.ground import until
from tests.ui.looking import named


class Hands:
    """Eyes and hands on one main window and the dialogs over it."""

    window: QWidget

    # --- seeing --------------------------------------------------------------------------------

    def sees(self, text: str) -> bool:
        """A visible label says it, perhaps among other things."""
        return any(
            text in (label.accessibleName() or label.text()).replace("\u200b", "")
            for label in self.window.findChildren(QLabel)
            if label.isVisible()
        )

    def shows(self, kind: type[QWidget], name: str) -> bool:
        return named(self.window, kind, name) is not None

    async def find(self, kind: type[QWidget], name: str) -> QWidget:
        """A control within reach of a kind and with this accessible name, once there is one."""
        await until(lambda: named(self._front(), kind, name))
        return named(self._front(), kind, name)

    def _front(self) -> QWidget:
        """What the person can reach: an open dialog blocks the window behind it."""
        dialogs = (each for each in self.window.findChildren(QDialog) if each.isVisible())
        return next(dialogs, self.window)

    def chats(self) -> list[str]:
        """The list "Chats", as it is read out."""
        return self._lines("Chats")

    def messages(self) -> list[str]:
        """The list "Messages", as it is read out."""
        return self._lines("Messages")

    def said(self) -> list[str]:
        """The words of the list "Messages" alone, without who, when and how far."""
        view = named(self.window, QListView, "Messages")
        if view is None:
            return []
        model = view.model()
        return [model.index(row, 0).data() for row in range(model.rowCount())]

    def _lines(self, name: str) -> list[str]:
        view = named(self.window, QListView, name)
        if view is None:
            return []
        model, role = view.model(), Qt.ItemDataRole.AccessibleTextRole
        return [model.index(row, 0).data(role) for row in range(model.rowCount())]

    # --- doing ---------------------------------------------------------------------------------

    async def press(self, name: str) -> None:
        """Press a button as soon as it can be pressed."""
        await until(lambda: (button := self.button(name)) is not None and button.isEnabled())
        self.button(name).click()

    def button(self, name: str) -> QAbstractButton | None:
        """A button within reach."""
        return named(self._front(), QAbstractButton, name)

    async def type(self, name: str, text: str) -> None:
        """Fill in a text field of one line."""
        (await self.find(QLineEdit, name)).setText(text)

    async def choose(self, name: str, text: str) -> None:
        """Choose an entry of a list that unfolds. (On Linux its name is a relation.)"""

        def lists() -> list[QComboBox]:
            found = self._front().findChildren(QComboBox)
            return [each for each in found if each.isVisible() and each.accessibleName() == name]

        await until(lists)
        lists()[0].setCurrentText(text)

    async def invitation(self) -> str:
        """Make an invitation through its window, and close that again. The link."""
        await self.press("Invite a friend")
        link = (await self.find(QLineEdit, "Invitation link")).text()
        self.close_dialog("Invite a friend")
        return link

    def close_dialog(self, title: str) -> None:
        for dialog in self.window.findChildren(QDialog):
            if dialog.windowTitle() == title:
                dialog.close()

    async def follow(self, link: str, name: str | None = None) -> None:
        """Paste a link into "Add a friend", and confirm it under a name of one's own."""
        await self.press("Add a friend")
        await self.type("Address or link", link)
        await self.press("Next")
        if name is not None:
            await self.type("Name", name)
        await self.press("Add friend")

    async def open_chat(self, name: str) -> None:
        """Choose the chat whose line begins so, once there is one."""
        await until(lambda: any(line.startswith(name) for line in self.chats()))
        row = next(n for n, line in enumerate(self.chats()) if line.startswith(name))
        view = named(self.window, QListView, "Chats")
        view.selectionModel().setCurrentIndex(
            view.model().index(row, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        await self.find(QListView, "Messages")

    async def write(self, text: str) -> None:
        """Write a line in the open chat and send it; it stands there when this ends."""
        (await self.find(QPlainTextEdit, "Message")).setPlainText(text)
        await self.press("Send")
        await until(
            lambda: any(
                line.startswith("You,") and f": {text} (" in line for line in self.messages()
            )
        )

    async def reads(self, text: str) -> None:
        """Somebody's line stands in the open chat."""
        await until(
            lambda: any(
                line.endswith(f": {text}") and not line.startswith("You,")
                for line in self.messages()
            )
        )

    async def delivered(self, text: str) -> None:
        """Our own line says that it reached the other side."""
        await until(lambda: any(line.endswith(f": {text} (delivered)") for line in self.messages()))
