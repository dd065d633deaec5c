"""Links become proposals, one at a time, and nothing happens by itself (battery U-9 to U-11)."""

import pytest

from pars_desktop.core.links import Links, ProposalKind
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.jid import JID
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.settings import SettingsStore
from tests.fakes import JULIET, ROMEO, TYBALT, settle, wanted

INVITATION = "xmpp:juliet@capulet.lit?roster;preauth=1tMFqYDdKhfe2pwp;name=Juliet"
MERCUTIO = JID.trusted("mercutio@montague.lit")


@pytest.fixture
def settings(tmp_path) -> SettingsStore:
    return SettingsStore(tmp_path / "settings.json")


@pytest.fixture
def links(copy, settings) -> Links:
    return Links(copy.accounts, settings)


@pytest.fixture
def proposed(links, heard):
    return heard(links.proposed)


async def test_an_invitation_is_proposed_and_nothing_is_sent(copy, links, proposed):
    sent = list(copy.roster.sent)
    links.open(INVITATION)
    await settle()

    (proposal,) = proposed
    assert proposal.kind is ProposalKind.ADD_FRIEND
    assert (proposal.link.jid, proposal.link.name) == (JULIET, "Juliet")
    assert (proposal.accounts, proposal.preselected) == ((ROMEO,), ROMEO)
    assert copy.roster.sent == sent
    assert wanted(copy.db, ROMEO) == {}


@pytest.mark.parametrize(
    ("subscription", "kind"),
    [
        (Subscription.BOTH, ProposalKind.OPEN_CHAT),
        (Subscription.TO, ProposalKind.OPEN_CHAT),
        (Subscription.FROM, ProposalKind.ADD_FRIEND),
        (Subscription.NONE, ProposalKind.ADD_FRIEND),
    ],
)
async def test_p10_a_friends_link_opens_the_chat(copy, links, proposed, subscription, kind):
    copy.roster.changed.emit(Contact(JULIET, subscription=subscription))
    links.open(INVITATION)

    assert [proposal.kind for proposal in proposed] == [kind]


async def test_p10_our_own_link_is_said_to_be_ours(links, proposed):
    links.open("xmpp:romeo@montague.lit?roster;preauth=abc")

    assert [proposal.kind for proposal in proposed] == [ProposalKind.OWN_ADDRESS]


async def test_u9_a_message_only_fills_the_composer(copy, links, proposed):
    links.open("xmpp:juliet@capulet.lit?message;body=hello")

    (proposal,) = proposed
    assert (proposal.kind, proposal.link.body) == (ProposalKind.COMPOSE, "hello")
    assert copy.conversations.page(ChatKey(ROMEO, JULIET)) == []
    assert copy.messenger.arrived == []


@pytest.mark.parametrize(
    "action",
    [
        "unregister",
        "command;node=x",
        "sendfile",
        "vcard",
        "join",
        "pubsub",
    ],
)
async def test_u9_everything_else_is_only_explained(copy, links, proposed, action):
    copy.roster.changed.emit(Contact(JULIET, subscription=Subscription.BOTH))
    sent = list(copy.roster.sent)
    links.open(f"xmpp:juliet@capulet.lit?{action}")
    await settle()

    (proposal,) = proposed
    assert proposal.kind is ProposalKind.OTHER
    assert proposal.link.explanation
    assert copy.roster.sent == sent


@pytest.mark.parametrize("text", ["", "javascript:alert(1)", "xmpp:?roster", "x" * 70_000])
async def test_a_refused_link_says_why(links, proposed, text):
    links.open(text)

    (proposal,) = proposed
    assert proposal.kind is ProposalKind.REFUSED
    assert proposal.link.refused
    assert proposal.link.explanation


async def test_u10_of_five_hundred_links_one_is_shown(links, proposed, heard):
    ignored = heard(links.ignored)
    for number in range(500):
        links.open(f"xmpp:bank{number}@evil.lit?roster")

    assert len(proposed) == 1
    assert ignored[-1] == 499
    assert links.is_busy
    links.finished()
    assert len(proposed) == 1
    assert not links.is_busy

    links.open(INVITATION)
    assert proposed[-1].link.jid == JULIET


async def test_u10_a_link_behind_a_dialog_waits_its_turn(links, proposed, heard):
    ignored = heard(links.ignored)
    links.open(INVITATION)
    links.open("xmpp:tybalt@capulet.lit?roster")
    links.open("xmpp:tybalt@capulet.lit?roster")  # clicked twice
    links.open(INVITATION)
    assert [proposal.link.jid for proposal in proposed] == [JULIET]

    links.finished()
    assert [proposal.link.jid for proposal in proposed] == [JULIET, TYBALT]
    links.finished()
    assert len(proposed) == 2
    assert ignored == []


async def test_a_dialog_that_is_done_at_once_does_not_stop_the_queue(links, heard):
    proposed = []
    links.open("xmpp:first@capulet.lit?roster")
    links.proposed.connect(lambda proposal: (proposed.append(proposal.link.jid), links.finished()))
    links.open(INVITATION)
    links.open("xmpp:tybalt@capulet.lit?roster")
    links.finished()

    assert proposed == [JULIET, TYBALT]


@pytest.fixture
def two(offline, settings):
    """Two accounts, Romeo's and Mercutio's."""
    AccountStore(offline.db).put(AccountSettings(MERCUTIO))
    offline.start()
    return Links(offline.accounts, settings)


async def test_u11_the_account_in_a_link_is_preselected(two, heard):
    proposed = heard(two.proposed)
    two.open("xmpp://mercutio@montague.lit/juliet@capulet.lit?roster")

    (proposal,) = proposed
    assert (proposal.accounts, proposal.preselected) == ((ROMEO, MERCUTIO), MERCUTIO)
    assert proposal.unknown_account is None


async def test_u11_an_account_that_is_not_ours_is_said_and_none_is_chosen(two, heard):
    proposed = heard(two.proposed)
    two.open("xmpp://alice@good.lit/juliet@capulet.lit?roster")

    (proposal,) = proposed
    assert (proposal.accounts, proposal.preselected) == ((ROMEO, MERCUTIO), None)
    assert proposal.unknown_account == JID.trusted("alice@good.lit")


async def test_u11_an_unknown_account_is_not_replaced_by_our_only_one(links, proposed):
    links.open("xmpp://alice@good.lit/juliet@capulet.lit?roster")

    assert (proposed[0].accounts, proposed[0].preselected) == ((ROMEO,), None)


async def test_with_several_accounts_the_person_chooses(two, heard):
    proposed = heard(two.proposed)
    two.open(INVITATION)

    assert (proposed[0].accounts, proposed[0].preselected) == ((ROMEO, MERCUTIO), None)
