"""The people of one test with their copies of the program, on one server, under the oracle."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Message
from pars_desktop.store.messages import MessageStore
from pars_desktop.xmpp.connection import Timing
from tests import oracle
from tests.journeys.copies import TIMING, Copy
from tests.journeys.ground import token_of, until
from tests.server.prosody import PLAIN_HOST, Person, Prosody


class Story:
    """Everything of one test, watched by the oracle."""

    def __init__(self, home: Path, prosody: Prosody) -> None:
        self.home = home
        self.prosody = prosody
        self.secrets: set[str] = set()
        self.copies: list[Copy] = []

    @classmethod
    @asynccontextmanager
    async def told(cls, home: Path, prosody: Prosody) -> "AsyncIterator[Story]":
        story = cls(home, prosody)
        async with oracle.watched(story.secrets):
            try:
                yield story
            finally:
                for copy in story.copies:
                    await copy.quit()
            story.judge()

    def person(self, name: str, host: str = PLAIN_HOST, **settings: object) -> Person:
        """Somebody with an account on the server, new to everybody."""
        person = self.prosody.account(name, host, **settings)
        self.secrets.add(person.password)
        return person

    async def copy(
        self,
        *people: Person,
        port: int = 0,
        link: str | None = None,
        online: bool = True,
        timing: Timing = TIMING,
    ) -> Copy:
        """A copy on a fresh profile, with the accounts of these people; started."""
        copy = Copy(self.home / f"profile-{len(self.copies)}", timing)
        for person in people:
            await copy.prepare(person, port)
        self.copies.append(copy)
        await copy.start(link)
        if online:
            await copy.online()
        return copy

    async def invitation(self, inviter: Copy) -> str:
        """A link, made through the window of its inviter; its token is a secret."""
        link = await inviter.invitation()
        self.secrets.add(token_of(link))
        return link

    async def befriend(self, inviter: Copy, guest: Copy, name: str) -> str:
        """From a link to a friendship, through the windows of both. The link."""
        link = await self.invitation(inviter)
        await guest.follow(link, name)
        await until(lambda: guest.sees(f"You and {name} are now friends"))
        await guest.press("Open chat")
        return link

    def history(self, copy: Copy, peer: JID) -> list[Message]:
        """Everything a copy has on disk of the chat with somebody, oldest first."""
        assert copy.database is not None
        key = ChatKey(copy.accounts[0].jid, peer)
        return MessageStore(copy.database).page(key, limit=100_000)

    def are_friends(self, one: Person, other: Person) -> bool:
        """Prosody itself says so."""
        return self.prosody.are_friends(one.jid, other.jid)

    def secret(self, text: str) -> str:
        """A text that nobody may find in a log."""
        self.secrets.add(text)
        return text

    def judge(self) -> None:
        """The rest of the oracle: the line, strangers, files."""
        for copy in self.copies:
            assert copy.may_break or copy.broken == [], f"the line broke: {copy.broken}"
            strangers = oracle.to_strangers(copy.sent, copy.met)
            assert not strangers, [ET.tostring(each) for each in strangers]
        profiles = [copy.paths.data.parent for copy in self.copies]
        assert oracle.files_outside(self.home, profiles) == []
