"""Whom of one account's contacts a stranger could be taken for, without asking each of them."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from pars_desktop.domain.jid import JID
from pars_desktop.domain.lookalike import plain_name, skeleton

if TYPE_CHECKING:
    from pars_desktop.core.friends import Friends
    from pars_desktop.domain.contact import Contact

_PART = 300  # contacts: read in a fraction of a frame, also by a slow machine

Named: TypeAlias = tuple[JID, str]
_Index: TypeAlias = dict[str, list[str]]


class Likeness:
    """The contacts of one account by what their addresses and names look like.

    Nobody is read before the first question. A long list takes longer than a frame: who can wait
    calls `read_on`, again and again, and asks when it says True. Who cannot asks at once. From then
    on the roster's pushes keep it true.
    """

    def __init__(
        self, friends: "Friends", names: Callable[[str, int], Iterable[tuple[str, str]]]
    ) -> None:
        """`names`: so many addresses with names, from the one after an address on, in order."""
        self._names = names
        self._last = ""
        self._is_complete = False
        self._known: dict[str, str] = {}  # addresses with names
        self._by_address: _Index = {}
        self._by_name: _Index = {}
        self._by_look: _Index = {}
        friends.changed.connect(self._on_changed)
        friends.removed.connect(lambda jid: self._forget(str(jid)))
        friends.reloaded.connect(self._begin_anew)

    def read_on(self) -> bool:
        """Read one more part of the list. True: all of it is known."""
        if not self._is_complete:
            part = list(self._names(self._last, _PART))
            for address, name in part:
                self._put(address, name)
                self._last = address
            self._is_complete = len(part) < _PART
        return self._is_complete

    def with_address_like(self, jid: JID) -> Iterator[Named]:
        """Whose address looks like this one and is another."""
        return self._others(jid, self._by_address, skeleton(str(jid.bare)))

    def with_name(self, jid: JID, name: str) -> Iterator[Named]:
        """Who has this name and another address."""
        return self._others(jid, self._by_name, plain_name(name))

    def with_name_like(self, jid: JID, name: str) -> Iterator[Named]:
        """Who has another address, and another name that looks like this one."""
        same = plain_name(name)
        found = self._others(jid, self._by_look, skeleton(name))
        return (each for each in found if plain_name(each[1]) != same)

    def _others(self, jid: JID, index: _Index, look: str) -> Iterator[Named]:
        while not self.read_on():
            pass
        own = str(jid.bare)
        for address in index.get(look, ()):
            if address != own:
                yield JID.trusted(address), self._known[address]

    def _begin_anew(self) -> None:
        self._last, self._is_complete = "", False
        self._known.clear()
        for index in (self._by_address, self._by_name, self._by_look):
            index.clear()

    def _on_changed(self, contact: "Contact") -> None:
        if self._last or self._is_complete:  # else nobody has asked yet
            self._put(str(contact.jid), contact.name)

    def _put(self, address: str, name: str) -> None:
        if self._known.get(address) == name:
            return
        self._forget(address)
        self._known[address] = name
        for index, look in self._places(address, name):
            index.setdefault(look, []).append(address)

    def _forget(self, address: str) -> None:
        name = self._known.pop(address, None)
        if name is None:
            return
        for index, look in self._places(address, name):
            index[look].remove(address)
            if not index[look]:
                del index[look]

    def _places(self, address: str, name: str) -> Iterator[tuple[_Index, str]]:
        yield self._by_address, skeleton(address)
        if name:
            yield self._by_name, plain_name(name)
            yield self._by_look, skeleton(name)
