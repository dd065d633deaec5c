"""Links that wait: for the first account, and for the next start. None is lost in silence."""

import pytest

from pars_desktop.core.accounts import Accounts
from pars_desktop.core.links import Links, ProposalKind
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.store.database import Database
from pars_desktop.store.settings import SettingsStore
from tests.fakes import JULIET, NEWCOMERS, ROMEO, TYBALT, FakeNetwork, settle

INVITATION = "xmpp:juliet@capulet.lit?roster;preauth=1tMFqYDdKhfe2pwp;name=Juliet"
ANOTHER = "xmpp:tybalt@capulet.lit?roster"


class FullDisk(SettingsStore):
    """Settings that can be saved only while there is room."""

    is_full = True

    def save(self, settings):
        if self.is_full:
            raise StorageFailed
        super().save(settings)


@pytest.fixture
def settings(tmp_path) -> SettingsStore:
    return SettingsStore(tmp_path / "settings.json")


@pytest.fixture
def full(tmp_path) -> FullDisk:
    return FullDisk(tmp_path / "settings.json")


class FirstRun:
    """Accounts before there is one, and what adds Romeo's."""

    def __init__(self, offline, db):
        self._tasks = offline.tasks
        self._network = FakeNetwork()
        self.accounts = Accounts(
            db, offline.passwords, offline.clock, offline.tasks, newcomer_group=NEWCOMERS
        )
        self.accounts.set_network(lambda _settings: self._network)

    async def sign_in(self):
        work = self.accounts.add(AccountSettings(ROMEO), "secret")
        task = self._tasks.spawn(work, name="add")
        await settle()
        self._network.connection.come_up()
        await task


@pytest.fixture
def first_run(offline, nobody):
    return FirstRun(offline, nobody)


@pytest.fixture
def nobody():
    """A database in which there is no account yet."""
    db = Database.open(":memory:")
    yield db
    db.close()


async def test_a_link_before_the_first_account_waits_for_it_over_a_restart(
    offline, settings, heard, nobody
):
    earlier = Links(
        Accounts(nobody, offline.passwords, offline.clock, offline.tasks, newcomer_group=NEWCOMERS),
        settings,
    )
    proposed, waits = heard(earlier.proposed), heard(earlier.waits)
    assert earlier.waiting is None
    earlier.open("xmpp:tybalt@capulet.lit?roster")
    earlier.open(INVITATION)  # the one that was clicked last counts
    assert proposed == []
    assert [link.jid for link in waits] == [TYBALT, JULIET]
    assert earlier.waiting == waits[-1]

    accounts = Accounts(
        nobody, offline.passwords, offline.clock, offline.tasks, newcomer_group=NEWCOMERS
    )
    network = FakeNetwork()
    accounts.set_network(lambda _settings: network)
    links = Links(accounts, settings)
    proposed = heard(links.proposed)
    links.start()
    assert proposed == []
    assert links.waiting is not None
    assert links.waiting.jid == JULIET
    task = offline.tasks.spawn(accounts.add(AccountSettings(ROMEO), "secret"), name="add")
    await settle()
    network.connection.come_up()
    await task

    assert [proposal.link.jid for proposal in proposed] == [JULIET]
    assert settings.load().waiting_link == ""  # its token lies nowhere any more
    assert links.waiting is None


async def test_a_bad_link_before_the_first_account_is_told_at_once(
    offline, settings, heard, nobody
):
    links = Links(
        Accounts(nobody, offline.passwords, offline.clock, offline.tasks, newcomer_group=NEWCOMERS),
        settings,
    )
    proposed, waits = heard(links.proposed), heard(links.waits)
    links.open("xmpp:?roster")

    assert [proposal.kind for proposal in proposed] == [ProposalKind.REFUSED]
    assert waits == []
    assert settings.load().waiting_link == ""


async def test_a_link_without_room_on_disk_waits_as_long_as_we_run(first_run, full, heard):
    links = Links(first_run.accounts, full)
    proposed, waits = heard(links.proposed), heard(links.waits)
    assert links.waiting_is_kept

    links.open(INVITATION)

    assert [link.jid for link in waits] == [JULIET]
    assert not links.waiting_is_kept
    await first_run.sign_in()
    assert [proposal.link.jid for proposal in proposed] == [JULIET]


async def test_room_that_was_made_meanwhile_is_used_at_the_end(first_run, full):
    links = Links(first_run.accounts, full)
    links.open(INVITATION)
    full.is_full = False

    links.leave()

    assert full.load().waiting_link == INVITATION


async def test_a_link_that_cannot_be_erased_is_proposed_all_the_same(copy, full, heard):
    full.is_full = False
    Links(copy.accounts, full)._wait_with(INVITATION)
    full.is_full = True
    links = Links(copy.accounts, full)
    proposed = heard(links.proposed)

    links.start()

    assert [proposal.link.jid for proposal in proposed] == [JULIET]
    full.is_full = False
    links.finished()
    links.leave()
    assert full.load().waiting_link == ""


async def test_the_end_of_the_program_on_a_full_disk_is_no_trouble(copy, full):
    links = Links(copy.accounts, full)
    links.open(INVITATION)

    links.leave()

    assert full.load().waiting_link == ""


async def test_a_link_given_at_the_start_is_proposed_once_everything_is_there(
    copy, settings, heard
):
    links = Links(copy.accounts, settings)
    proposed = heard(links.proposed)
    links.expect(INVITATION)
    assert proposed == []

    links.start()

    assert [proposal.link.jid for proposal in proposed] == [JULIET]
    assert links.is_busy


async def test_a_link_given_at_the_start_outlives_a_program_that_never_came_so_far(
    copy, settings, heard
):
    links = Links(copy.accounts, settings)
    links.expect(INVITATION)
    links.leave()

    again = Links(copy.accounts, settings)
    proposed = heard(again.proposed)
    again.start()

    assert [proposal.link.jid for proposal in proposed] == [JULIET]
    assert settings.load().waiting_link == ""


async def test_the_same_link_given_again_is_proposed_once(copy, settings, heard):
    links = Links(copy.accounts, settings)
    links.expect(INVITATION)
    links.leave()
    again = Links(copy.accounts, settings)
    proposed = heard(again.proposed)
    again.expect(INVITATION)
    again.start()
    again.finished()

    assert len(proposed) == 1


async def test_a_proposal_nobody_answered_comes_back_at_the_next_start(copy, settings):
    links = Links(copy.accounts, settings)
    links.open(INVITATION)
    assert settings.load().waiting_link == ""  # one that brings us down does so once
    links.leave()

    assert settings.load().waiting_link == INVITATION


async def test_u10_of_several_links_the_first_nobody_answered_comes_back(copy, settings):
    links = Links(copy.accounts, settings)
    links.receive(INVITATION)
    links.receive(ANOTHER)
    links.receive("xmpp:bank@evil.lit?roster")
    links.leave()
    assert settings.load().waiting_link == INVITATION


async def test_of_several_links_one_that_was_answered_does_not_come_back(copy, settings):
    links = Links(copy.accounts, settings)
    links.receive(INVITATION)
    links.receive(ANOTHER)
    links.finished()  # cancelled
    links.leave()

    assert settings.load().waiting_link == ANOTHER


async def test_what_was_answered_does_not_come_back(copy, settings):
    links = Links(copy.accounts, settings)
    links.open(INVITATION)
    links.finished()  # cancelled
    links.leave()
    assert settings.load().waiting_link == ""

    links.open(INVITATION)
    await copy.friends.add(JULIET, "Juliet", "1tMFqYDdKhfe2pwp")  # the dialog still says so
    links.leave()
    assert settings.load().waiting_link == ""


@pytest.mark.parametrize(
    "link",
    ["xmpp:?roster", "xmpp:tybalt@capulet.lit?roster", "xmpp:juliet@capulet.lit?message;body=x"],
)
async def test_what_asks_for_no_new_friend_does_not_come_back(copy, settings, link):
    copy.roster.changed.emit(Contact(TYBALT, subscription=Subscription.BOTH))
    links = Links(copy.accounts, settings)
    links.open(link)
    links.leave()

    assert settings.load().waiting_link == ""
