"""The window is painted from the store before anything slow is imported (pars_desktop/app.py)."""

import os
import subprocess
import sys

import pytest

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.jid import JID
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.contacts import ContactStore
from pars_desktop.store.database import Database
from pars_desktop.system.paths import Paths

ROMEO, JULIET = JID("romeo", "montague.example"), JID("juliet", "capulet.example")
ROSALINE = JID("rosaline", "capulet.example")
SLOW = (
    "asyncio",
    "qasync",
    "ssl",
    "slixmpp",
    "keyring",
    "uuid",
    "segno",
    "logging.handlers",
    "socket",
    "hashlib",
)
LATER = (
    "core.friends",
    "core.outbox",
    "core.ports",
    "domain.uri",
    "core.links",
    "system.link_handler",
    "ui.windows",
    "ui.chat.chat_page",
    "ui.contacts.bars_area",
    "ui.contacts.friend_menu",
    "ui.contacts.standings",
)

PAINT = """
import sys
from pars_desktop import app
from pars_desktop.ui.contacts import sidebar
from pars_desktop.ui.contacts.chat_list import ChatList
from pars_desktop.system.paths import Paths
from pars_desktop.system.single_instance import Instance

painted = []


class Watched(ChatList):
    def paintEvent(self, event):
        super().paintEvent(event)
        painted.append(self.model().rowCount())


sidebar.ChatList = Watched
paths = Paths.of(sys.argv[1])
instance = Instance.acquire(paths)
application = app._application()
program = app.Program(paths, instance, app._opened(paths)[0])
app._paint(program.window)
print(painted, *sorted(sys.modules))
instance.close()
"""


@pytest.fixture
def painted(tmp_path):
    """What the list of chats showed when it was painted first, and what was imported by then."""
    paths = Paths.of(str(tmp_path))
    paths.create()
    database = Database.open(paths.database)
    AccountStore(database).put(AccountSettings(ROMEO))
    contacts = ContactStore(database)
    contacts.put(ROMEO, Contact(JULIET, "Juliet", Subscription.BOTH))
    contacts.put(ROMEO, Contact(ROSALINE, "Rosaline", ask=True))  # a friendship that waits
    database.close()
    done = subprocess.run(
        [sys.executable, "-c", PAINT, str(tmp_path)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_first_picture_shows_the_chats(painted):
    assert painted[0].startswith("[2")


def test_the_first_picture_is_painted_before_anything_slow_is_imported(painted):
    late = {*SLOW, *(f"pars_desktop.{name}" for name in LATER)}
    assert "pars_desktop.ui.main_window" in painted
    assert late.isdisjoint(painted)
