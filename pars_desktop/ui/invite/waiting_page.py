"""What was confirmed is on its way: how far it has come, and the ways out if it came back."""

from PySide6.QtCore import Signal

from pars_desktop.core.account import Account, State
from pars_desktop.domain.contact import Progress
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.ui import errors
from pars_desktop.ui.account_state import is_refused
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.bind import bind
from pars_desktop.ui.invite.note_page import NotePage
from pars_desktop.ui.plain_text import address


class WaitingPage(NotePage):
    """Their answer may take until they are online. What was asked goes on without this page."""

    closed = Signal()
    withdrawn = Signal(bool)  # nothing is to be asked of them; True: but of another address

    def __init__(self, account: Account, jid: JID, name: str, *, by_invitation: bool) -> None:
        super().__init__("", jid, name)
        self._mine = account
        self._jid = jid
        self._by_invitation = by_invitation
        self._trouble = Strip("warning", warns=True)
        self._trouble.hide()
        self.add(self._trouble)
        # Left of the other, so that nothing moves under the pointer when they appear.
        self._withdraw = self.offer(self.tr("Cancel request"), lambda: self._leave(False))
        self._correct = self.offer(self.tr("Correct the address"), lambda: self._leave(True))
        close = self.offer(self.tr("Close"), self.closed.emit)
        self.setFocusProxy(close)
        bind(self, account.status_changed, lambda _: self._update())
        bind(self, account.friends.progressed, self._on_progressed)
        self._update()

    def fail(self, trouble: Trouble) -> None:
        """It could not be taken back."""
        self._be_busy(False)
        self._trouble.say(errors.sentence(trouble, self._mine.jid))

    def _on_progressed(self, jid: JID) -> None:
        if jid == self._jid:
            self._update()

    def _update(self) -> None:
        progress = self._mine.friends.progress(self._jid)
        came_back = progress is not None and progress.came_back
        is_online = self._mine.status.state is State.ONLINE
        text = self.tr("Waiting for {address}, who may be offline.")
        if came_back:
            text = ""
        elif is_refused(self._mine, self._jid):
            text = self.tr("{address} declined your request.")
        elif not is_online:
            text = self.tr("You are offline. The request goes out when the connection is back.")
        elif progress is Progress.EXPIRED:
            text = self.tr("{address} does not answer: the invitation has probably ended.")
        self.say(text.format(address=address(self._jid)))
        self._trouble.say(self._why(progress) if came_back else "")
        self._withdraw.setVisible(came_back)
        # The address in an invitation was no mistake of our person's.
        self._correct.setVisible(came_back and not self._by_invitation)

    def _why(self, progress: Progress | None) -> str:
        if progress is Progress.UNREACHABLE:
            text = self.tr("{server} cannot be reached. Perhaps there is no such server.")
        else:
            text = self.tr("The request to {address} came back. Perhaps nobody has this address.")
        return text.format(server=address(self._jid.domain), address=address(self._jid))

    def _leave(self, corrects: bool) -> None:
        self._be_busy(True)
        self.withdrawn.emit(corrects)

    def _be_busy(self, busy: bool) -> None:
        for button in (self._withdraw, self._correct):
            button.setDisabled(busy)
