"""The private ejabberd: what the other tests take for granted."""

import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from tests.server.ejabberd import Ejabberd, EjabberdMissing
from tests.server.test_prosody import gone_within, listening_sockets


def test_it_listens_on_loopback_alone_and_is_nobody_of_importance(ejabberd):
    ports = (ejabberd.port, ejabberd.http_port)

    assert listening_sockets(ejabberd.pid) == {("0100007F", port) for port in ports}
    may_all_enter = Path("/").stat().st_mode & stat.S_IXOTH  # see owner.may_enter_everything
    assert (Path(f"/proc/{ejabberd.pid}").stat().st_uid != 0) is bool(may_all_enter)
    assert stat.S_IMODE(ejabberd.folder.stat().st_mode) == 0o700


def processes_of(server):
    """Everything that runs in its surroundings, also what has left its group."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it has just ended
            if os.fsencode(server.folder) in environment.read_bytes():
                found.append(int(environment.parent.name))
    return found


def test_it_starts_no_service_of_erlangs_that_would_stay_behind():
    with Ejabberd.started() as server:
        processes = processes_of(server)
        names = {Path(f"/proc/{pid}/comm").read_text().strip() for pid in processes}

    assert server.folder.exists() is False
    assert "beam.smp" in names
    assert "epmd" not in names
    assert all(map(gone_within, processes))


def test_every_account_is_another_one_with_an_empty_roster(ejabberd):
    first, second = ejabberd.account(), ejabberd.account("juliet", your_name="Juliet")

    assert first.jid != second.jid
    assert second.settings.your_name == "Juliet"
    assert ejabberd.roster(first.jid) == {}


def test_without_ejabberd_there_is_a_sentence_about_it(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)

    sentence = "apt-get install --no-install-recommends ejabberd"
    with pytest.raises(EjabberdMissing, match=sentence), Ejabberd.started():
        pass
