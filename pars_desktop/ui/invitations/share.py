"""The menu "Share": e-mail, the code as a file or in the clipboard, a card to print."""

from pathlib import Path
from urllib.parse import quote

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMimeData,
    QObject,
    QPoint,
    QStandardPaths,
    QUrl,
    Signal,
)
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImageWriter
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton

from pars_desktop.base import files
from pars_desktop.domain.invite import Invite
from pars_desktop.ui.invitations import qr_code, words
from pars_desktop.ui.invitations.link_field import mark_confidential
from pars_desktop.ui.invitations.mail_question import MailQuestion
from pars_desktop.ui.plain_text import spoken


class Share(QObject):
    """Shares one invitation at a time, always in the form in which the window shows its link."""

    shared = Signal()
    copied = Signal()
    failed = Signal(str)  # a sentence

    def __init__(self, button: QPushButton) -> None:
        super().__init__(button)
        self._button = button
        self._invite: Invite | None = None
        self._link = ""
        self.menu = menu = QMenu(button)
        menu.addAction(self.tr("E-mail"), self._write_mail)
        menu.addAction(self.tr("Copy as a text"), self._copy_text)
        menu.addSeparator()
        self._with_code = [
            menu.addAction(self.tr("Copy code as a picture"), self._copy_code),
            menu.addAction(self.tr("Save code as PNG"), lambda: self._save("png")),
            menu.addAction(self.tr("Save code as SVG"), lambda: self._save("svg")),
            menu.addAction(self.tr("Print a card"), self._print),
        ]
        # Not as the button's own menu: assistive tools would no longer be told of a button.
        button.clicked.connect(self._open)

    def offer(self, invite: Invite, link: str) -> None:
        """From now on this is what is shared."""
        self._invite, self._link = invite, link
        fits = not qr_code.picture(link).isNull()
        for action in self._with_code:
            action.setEnabled(fits)

    def _open(self) -> None:
        self.menu.popup(self._button.mapToGlobal(QPoint(0, self._button.height())))

    def _write_mail(self) -> None:
        """By a mailto: address, which other people on this computer can read for a while.

        It is on the command line of the e-mail program. The desktop's portal (ComposeEmail) would
        not help: xdg-desktop-portal-gtk makes a mailto: address of it and starts the same program.
        """
        if self._invite is None:
            return
        subject = self.tr("An invitation to chat")
        lines = self._text(self._invite).replace("\n", "\r\n")
        mail = f"mailto:?subject={quote(subject)}&body={quote(lines)}"
        question = MailQuestion(self)
        question.answered.connect(lambda there: self._open_mail(mail if there else ""))
        question.ask()

    def _open_mail(self, mail: str) -> None:
        if mail and QDesktopServices.openUrl(QUrl.fromEncoded(mail.encode())):
            self.shared.emit()
        else:
            text = self.tr("There is no e-mail program here. “Copy as a text” is in the same menu.")
            self.failed.emit(text)

    def _text(self, invite: Invite) -> str:
        return self.tr(
            "Hello,\n\nopen this link, and we can write to each other:\n\n{link}\n\n{promise}\n"
        ).format(link=self._link, promise=spoken(words.for_guest(invite)))

    def _copy_text(self) -> None:
        if self._invite is None:
            return
        data = QMimeData()
        data.setText(self._text(self._invite))
        mark_confidential(data)
        QGuiApplication.clipboard().setMimeData(data)
        self.shared.emit()
        self.copied.emit()

    def _copy_code(self) -> None:
        data = QMimeData()
        data.setImageData(qr_code.picture(self._link))
        mark_confidential(data)
        QGuiApplication.clipboard().setMimeData(data)
        self.shared.emit()
        self.copied.emit()

    def _save(self, kind: str) -> None:
        dialog = QFileDialog(self._button.window(), self.tr("Save the code"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{kind.upper()} (*.{kind})")
        dialog.setDefaultSuffix(kind)
        dialog.setDirectory(_pictures())
        dialog.selectFile(f"{self.tr('invitation', 'the name of a file')}.{kind}")
        code = qr_code.svg(self._link) if kind == "svg" else _png(self._link)
        dialog.fileSelected.connect(lambda name: self._write(Path(name), code))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _write(self, path: Path, data: bytes) -> None:
        try:
            files.replace(path, data)
        except OSError:
            self.failed.emit(self.tr("The file cannot be written there. Choose another place."))
        else:
            self.shared.emit()

    def _print(self) -> None:
        if self._invite is None:
            return
        from pars_desktop.ui.invitations.card import Card, print_card

        card = Card(self._invite, self._link)
        print_card(card, self._button.window())
        self.shared.emit()


def _pictures() -> str:
    """Where pictures are kept, or at home where there is no such folder."""
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return pictures if Path(pictures).is_dir() else str(Path.home())


def _png(link: str) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(qr_code.picture(link))
    return bytes(data.data())
