"""A web page opens links while there is no account yet, and while one is made (battery U-10)."""

import pytest

from pars_desktop.core.links import Links, ProposalKind
from pars_desktop.store.database import Database
from pars_desktop.store.settings import SettingsStore
from tests.core.test_waiting_links import ANOTHER, INVITATION, FirstRun
from tests.fakes import JULIET, ROMEO, TYBALT


@pytest.fixture
def settings(tmp_path) -> SettingsStore:
    return SettingsStore(tmp_path / "settings.json")


@pytest.fixture
def first_run(offline):
    db = Database.open(":memory:")
    yield FirstRun(offline, db)
    db.close()


class Counted(SettingsStore):
    """Settings that count how often they are written."""

    saved = 0

    def save(self, settings):
        self.saved += 1
        super().save(settings)


@pytest.fixture
def counted(tmp_path) -> Counted:
    return Counted(tmp_path / "settings.json")


def flood(links, number=500):
    """What a hostile page opens."""
    for each in range(number):
        links.receive(f"xmpp:bank{each}@evil.lit?roster;preauth=T{each}")


async def test_u10_before_the_first_account_one_of_five_hundred_links_waits(
    first_run, counted, heard
):
    links = Links(first_run.accounts, counted)
    waits, ignored = heard(links.waits), heard(links.ignored)
    flood(links)

    assert [link.jid.local for link in waits] == ["bank0"]
    assert links.is_busy  # the window is not raised again
    assert ignored[-1] == 499
    assert counted.saved == 1


async def test_u10_an_invitation_that_waits_outlives_a_flood_and_a_restart(
    first_run, settings, heard
):
    links = Links(first_run.accounts, settings)
    links.receive(INVITATION)
    flood(links)
    assert links.waiting.jid == JULIET
    links.leave()
    assert settings.load().waiting_link == INVITATION

    again = Links(first_run.accounts, settings)
    proposed = heard(again.proposed)
    again.expect("xmpp:bank@evil.lit?roster")
    again.start()
    flood(again)
    assert again.waiting.jid == JULIET
    await first_run.sign_in()

    assert [proposal.link.jid for proposal in proposed] == [JULIET]
    again.finished()
    assert len(proposed) == 1  # it was a flood


async def test_u10_links_that_follow_have_their_turn_once_there_is_an_account(
    first_run, settings, heard
):
    links = Links(first_run.accounts, settings)
    proposed, ignored = heard(links.proposed), heard(links.ignored)
    links.receive(INVITATION)
    links.receive(ANOTHER)
    links.receive(INVITATION)  # clicked twice
    links.receive("xmpp:?roster")
    assert (proposed, ignored) == ([], [])
    await first_run.sign_in()
    for _ in range(3):
        links.finished()

    assert [proposal.link.jid for proposal in proposed] == [JULIET, TYBALT, None]
    assert not links.is_busy


async def test_an_invitation_that_the_person_gives_takes_the_place_of_the_one_that_waits(
    first_run, settings, heard
):
    links = Links(first_run.accounts, settings)
    flood(links)
    waits, ignored = heard(links.waits), heard(links.ignored)
    links.open(INVITATION)

    assert [link.jid for link in waits] == [JULIET]
    assert settings.load().waiting_link == INVITATION
    links.receive(ANOTHER)
    assert ignored == []  # the flood is over
    assert links.waiting.jid == JULIET


async def test_what_the_person_gives_and_is_no_link_is_said_though_one_waits(
    first_run, settings, heard
):
    links = Links(first_run.accounts, settings)
    proposed = heard(links.proposed)
    links.receive(INVITATION)
    links.open("xmpp:?roster")

    assert [proposal.kind for proposal in proposed] == [ProposalKind.REFUSED]
    assert links.waiting.jid == JULIET


@pytest.mark.parametrize("how", ["receive", "open"])
async def test_r35_an_invitation_an_account_is_being_made_with_is_not_replaced(
    first_run, settings, heard, how
):
    links = Links(first_run.accounts, settings)
    proposed = heard(links.proposed)
    links.receive(INVITATION)
    links.hold()
    getattr(links, how)(ANOTHER)
    links.meant_for(ROMEO)
    await first_run.sign_in()

    assert links.unsettled == ROMEO
    assert links.waiting.jid == JULIET
    assert [proposal.link.jid for proposal in proposed] == [TYBALT]
    links.leave()
    kept = settings.load()
    assert (kept.waiting_link, kept.waiting_account) == (INVITATION, str(ROMEO))
