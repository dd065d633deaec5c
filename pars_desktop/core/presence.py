"""Who is around: in memory only, and only for as long as the server's word holds."""

from typing import TYPE_CHECKING

from pars_desktop.base.signal import Signal
from pars_desktop.domain.contact import Availability, Presence
from pars_desktop.domain.jid import JID

if TYPE_CHECKING:  # see core/account.py
    from pars_desktop.core.ports import Roster


class Presences:
    """The availability of one account's contacts (RFC 6121 §4).

    A resumed stream keeps what we know, because the server will not say it again; only a fresh
    session starts from nothing.
    """

    def __init__(self) -> None:
        self.changed: Signal[JID] = Signal()
        self._known: dict[JID, Presence] = {}
        self._is_cut_off = False

    def attach(self, roster: "Roster") -> None:
        """Listen to the server from now on."""
        roster.presence.connect(self._on_presence)
        roster.removed.connect(self._on_removed)

    def of(self, jid: JID) -> Presence:
        """What a contact's presence says; offline if we were told nothing, or cannot be told."""
        known = None if self._is_cut_off else self._known.get(jid)
        return known or Presence(jid)

    def cut_off(self, is_cut_off: bool) -> None:
        """There is no connection (or there is again): nobody is seen meanwhile, or forgotten."""
        if is_cut_off != self._is_cut_off:
            self._is_cut_off = is_cut_off
            for jid in list(self._known):
                self.changed.emit(jid)

    def clear(self) -> None:
        """Forget everything: a fresh session begins, and the server tells it all again."""
        gone, self._known = list(self._known), {}
        if not self._is_cut_off:  # else they are gone already, as far as anybody sees
            for jid in gone:
                self.changed.emit(jid)

    def _on_presence(self, presence: Presence) -> None:
        if presence.availability is Availability.OFFLINE:
            self._known.pop(presence.jid, None)
        else:
            self._known[presence.jid] = presence
        self.changed.emit(presence.jid)

    def _on_removed(self, jid: JID) -> None:
        """Whoever is no contact any more tells us nothing, not even that they leave."""
        if self._known.pop(jid, None) is not None:
            self.changed.emit(jid)
