"""Where to read the archive on from."""

from datetime import timedelta

import pytest

from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.message import Direction, Message
from pars_desktop.store.archive import ArchiveStore
from pars_desktop.store.messages import MessageStore
from tests.fakes import JULIET, ROMEO


def test_an_archive_never_read_has_no_position(db):
    assert ArchiveStore(db).position(JULIET) == (None, None)


def test_the_position_moves_on(db, now):
    archive = ArchiveStore(db)

    archive.advance(JULIET, "a1", now)
    archive.advance(JULIET, "a2", now + timedelta(seconds=1))

    assert archive.position(JULIET) == ("a2", now + timedelta(seconds=1))


def test_a_page_that_could_not_be_kept_is_read_again(db, now):
    archive, messages = ArchiveStore(db), MessageStore(db)

    def keep_a_page():
        with db.transaction():
            messages.add(JULIET, Message(ROMEO, Direction.IN, "one", now, archive_id="a1"))
            archive.advance(JULIET, "a1", now)
            raise OSError("the machine stops")

    with pytest.raises(OSError, match="stops"):
        keep_a_page()

    assert archive.position(JULIET) == (None, None)
    assert messages.page(ChatKey(JULIET, ROMEO)) == []
