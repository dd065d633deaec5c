"""Profiles for the figures: an account, its contacts, and years of messages in the store."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Direction, Message
from pars_desktop.domain.settings import Settings
from pars_desktop.store.archive import ArchiveStore
from pars_desktop.store.contacts import ContactStore
from pars_desktop.store.conversations import ConversationStore
from pars_desktop.store.database import Database
from pars_desktop.store.messages import MessageStore
from pars_desktop.store.settings import SettingsStore
from pars_desktop.system.paths import Paths
from tests.server.prosody import Person, Prosody

ROOT = Path(__file__).parent.parent.parent
PARS = [sys.executable, "-m", "pars_desktop"]

_WORDS = (
    "Hello! Are you there?",
    "Yes. What is it?",
    "Shall we meet on Friday, at the usual place? I could bring the others, if you like, and we"
    " might have something to eat there afterwards.",
    "Gladly 🙂",
    "Here is what I meant: https://example.org/a/rather/long/address?with=a&query=in-it",
    "Ich muss noch die Bücher zurückbringen, dann komme ich.",
)


@dataclass(frozen=True)
class Profile:
    """One folder with everything a copy of the program needs, and whose it is."""

    folder: Path
    person: Person

    def environment(self, base: dict[str, str]) -> dict[str, str]:
        """For every process that belongs to this copy."""
        return base | {"PARS_DESKTOP_PROFILE": str(self.folder), "PYTHONPATH": str(ROOT)}

    @property
    def database(self) -> Path:
        return Paths.of(str(self.folder)).database

    def set_up(self) -> None:
        """Store the account, as an administrator's script would.

        Who opens links was answered before: that question would move the chats while we look.
        """
        SettingsStore(Paths.of(str(self.folder)).settings).save(Settings(asked_for_handler=True))
        settings = self.person.settings
        command = [*PARS, "add-account", str(settings.jid), "--keep-password", "file"]
        command += ["--server", f"{settings.host}:{settings.port}", "--ca", settings.ca_file]
        subprocess.run(
            command,
            env=self.environment(dict(os.environ)),
            input=self.person.password + "\n",
            text=True,
            check=True,
            timeout=60,
        )

    def fill(self, server: Prosody, *, chats: int, messages: int) -> None:
        """Give it so many friends, on the server too, and so many messages with all of them."""
        account = self.person.jid
        peers = [JID(f"friend{number:04}", account.domain) for number in range(chats)]
        contacts = [
            Contact(peer, f"Friend {number:04}", Subscription.BOTH)
            for number, peer in enumerate(peers)
        ]
        server.set_roster(account, contacts)
        started = datetime.now(UTC) - timedelta(minutes=messages)
        database = Database.open(self.database)
        store = MessageStore(database)
        with database.transaction():
            for contact in contacts:
                ContactStore(database).put(account, contact)
            for number in range(messages):
                store.add(account, _message(peers[number % chats], number, started))
            for peer in peers:
                ConversationStore(database).mark_read(ChatKey(account, peer))
            ArchiveStore(database).advance(account, "", datetime.now(UTC))
        database.close()

    def copied(self, folder: Path) -> "Profile":
        """The same profile in another folder, which must not exist or be an older copy."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("*.socket"))
        return Profile(folder, self.person)


def _message(peer: JID, number: int, started: datetime) -> Message:
    return Message(
        peer=peer,
        direction=Direction.OUT if number % 3 == 0 else Direction.IN,
        body=_WORDS[number % len(_WORDS)],
        at=started + timedelta(minutes=number),
        origin_id=f"seed-{number}",
        archive_id=f"archive-{number}",
    )
