"""Pages that have to be asked, and links that would end something (interop R44 and R45)."""

import asyncio

import pytest

from pars_desktop.core.links import Links, ProposalKind
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.errors import InvitationGone, LookupTrouble, Offline
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Refused, Warn
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.settings import SettingsStore
from tests.fakes import JULIET, ROMEO, TYBALT, settle, wanted

PAGE = "https://page.example/invite/65HVSJQKz"
INVITATION = "xmpp:juliet@capulet.lit?roster;preauth=1tMFqYDdKhfe2pwp;name=Juliet"
MERCUTIO = JID.trusted("mercutio@montague.lit")


class FakePages:
    """Says of every page what the test wants."""

    def __init__(self):
        self.asked = []
        self.says = INVITATION

    async def link_of(self, page):
        self.asked.append(page)
        await asyncio.sleep(0)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@pytest.fixture
def pages():
    return FakePages()


@pytest.fixture
def settings(tmp_path):
    return SettingsStore(tmp_path / "settings.json")


@pytest.fixture
def links(copy, settings, pages):
    return Links(copy.accounts, settings, pages)


@pytest.fixture
def proposed(links, heard):
    return heard(links.proposed)


async def test_r44_a_page_is_proposed_and_not_asked(links, proposed, pages):
    links.open(PAGE)
    await settle()

    (proposal,) = proposed
    assert proposal.kind is ProposalKind.LOOK_UP
    assert proposal.link.page_host == "page.example"
    assert pages.asked == []


async def test_r44_what_the_page_says_is_judged_like_any_link(copy, links, proposed, pages):
    sent = list(copy.roster.sent)
    links.open(PAGE)
    found = await links.look_up(proposed[0])

    assert pages.asked == [PAGE]
    assert found.kind is ProposalKind.ADD_FRIEND
    assert (found.link.jid, found.link.token, found.link.name) == (
        JULIET,
        "1tMFqYDdKhfe2pwp",
        "Juliet",
    )
    assert found.accounts == (ROMEO,)
    assert copy.roster.sent == sent


async def test_r44_a_page_that_came_unencrypted_is_asked_over_https_and_warned_of(
    links, proposed, pages
):
    links.open(PAGE.replace("https", "http"))
    found = await links.look_up(proposed[0])

    assert pages.asked == [PAGE]
    assert Warn.INSECURE_HTTP in found.link.warnings


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("xmpp:romeo@montague.lit?roster", ProposalKind.OWN_ADDRESS),
        ("xmpp:juliet@capulet.lit?message;body=hello", ProposalKind.COMPOSE),
        ("xmpp:juliet@capulet.lit?remove", ProposalKind.NOT_A_FRIEND),
        ("xmpp:capulet.lit?command;node=x", ProposalKind.OTHER),
        ("xmpp:rooms.capulet.lit?join", ProposalKind.OTHER),
    ],
)
async def test_r45_a_page_can_do_no_more_than_a_link(links, proposed, pages, said, kind):
    pages.says = said
    links.open(PAGE)

    assert (await links.look_up(proposed[0])).kind is kind


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("xmpp://romeo:secret@montague.lit", Refused.CONFIDENTIAL),
        ("xmpp:?roster", Refused.NO_ADDRESS),
        ("xmpp:a b@c?roster", Refused.BAD_ADDRESS),
    ],
)
async def test_r44_what_a_page_says_can_be_refused_like_any_link(
    links, proposed, pages, said, refused
):
    pages.says = said
    links.open(PAGE)
    found = await links.look_up(proposed[0])

    assert (found.kind, found.link.refused) == (ProposalKind.REFUSED, refused)


async def test_r44_a_page_does_not_send_us_on_to_another(links, proposed, pages):
    pages.says = "https://elsewhere.example/invite/65HVSJQKz"
    links.open(PAGE)

    with pytest.raises(InvitationGone):
        await links.look_up(proposed[0])
    assert pages.asked == [PAGE]


async def test_what_cannot_be_looked_up_can_be_tried_again(links, proposed, pages):
    links.open(PAGE)
    pages.says = LookupTrouble()
    with pytest.raises(LookupTrouble):
        await links.look_up(proposed[0])
    pages.says = INVITATION

    assert (await links.look_up(proposed[0])).kind is ProposalKind.ADD_FRIEND
    assert links.is_busy


async def test_a_page_nobody_decided_about_waits_for_the_next_start(links, settings):
    links.open(PAGE)
    links.leave()

    assert settings.load().waiting_link == PAGE


async def test_p17_no_token_of_a_page_is_in_what_is_printed(links, proposed):
    links.open(PAGE)

    assert "65HVSJQKz" not in f"{proposed[0]!r}{proposed[0].link!r}"


async def test_without_anybody_to_ask_a_page_is_explained(copy, settings, heard):
    links = Links(copy.accounts, settings)
    proposed = heard(links.proposed)
    links.open(PAGE)

    assert proposed[0].kind is ProposalKind.OTHER
    with pytest.raises(LookupTrouble):
        await links.look_up(proposed[0])


# --- what ends something -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "subscription", "kind"),
    [
        ("remove", Subscription.BOTH, ProposalKind.REMOVE),
        ("remove", Subscription.NONE, ProposalKind.REMOVE),
        ("unsubscribe", Subscription.BOTH, ProposalKind.STOP_SEEING),
        ("unsubscribe", Subscription.TO, ProposalKind.STOP_SEEING),
        ("unsubscribe", Subscription.FROM, ProposalKind.NOT_A_FRIEND),
        ("unsubscribe", Subscription.NONE, ProposalKind.NOT_A_FRIEND),
    ],
)
async def test_r45_what_ends_something_is_asked_about_and_not_done(
    copy, links, proposed, action, subscription, kind
):
    copy.roster.changed.emit(Contact(JULIET, "Jule", subscription))
    sent = list(copy.roster.sent)
    links.open(f"xmpp:juliet@capulet.lit?{action}")
    await settle()

    (proposal,) = proposed
    assert proposal.kind is kind
    assert proposal.known_as == ("" if kind is ProposalKind.NOT_A_FRIEND else "Jule")
    assert copy.roster.sent == sent


@pytest.mark.parametrize("action", ["remove", "unsubscribe"])
async def test_r45_who_is_no_friend_cannot_be_removed(links, proposed, action):
    links.open(f"xmpp:tybalt@capulet.lit?{action}")

    assert proposed[0].kind is ProposalKind.NOT_A_FRIEND


@pytest.mark.parametrize("action", ["remove", "unsubscribe"])
async def test_p10_we_do_not_remove_ourselves(links, proposed, action):
    links.open(f"xmpp:romeo@montague.lit?{action}")

    assert proposed[0].kind is ProposalKind.OWN_ADDRESS


async def test_r45_only_the_accounts_concerned_are_offered(offline, settings, heard):
    AccountStore(offline.db).put(AccountSettings(MERCUTIO))
    offline.start()
    await offline.log_in()
    offline.roster.changed.emit(Contact(TYBALT, "", Subscription.BOTH))
    links = Links(offline.accounts, settings)
    proposed = heard(links.proposed)

    links.open("xmpp:tybalt@capulet.lit?remove")
    links.finished()
    links.open("xmpp://mercutio@montague.lit/tybalt@capulet.lit?remove")

    assert [(each.kind, each.accounts) for each in proposed] == [
        (ProposalKind.REMOVE, (ROMEO,)),
        (ProposalKind.NOT_A_FRIEND, (MERCUTIO,)),
    ]


async def test_removing_somebody_ends_both_directions(copy):
    copy.roster.items[JULIET] = Contact(JULIET, "", Subscription.BOTH)
    copy.roster.changed.emit(copy.roster.items[JULIET])
    copy.roster.sent.clear()

    await copy.friends.remove(JULIET)

    assert copy.roster.sent == [("remove", JULIET)]
    assert copy.friends.contact(JULIET) is None


async def test_removing_somebody_we_wait_for_takes_the_approval_back(copy):
    copy.roster.can_preapprove = True
    await copy.friends.add(JULIET, "Juliet", "1tMFqYDdKhfe2pwp")
    copy.roster.sent.clear()

    await copy.friends.remove(JULIET)

    assert copy.roster.of_kind("remove", "refuse") == [("remove", JULIET), ("refuse", JULIET)]
    assert wanted(copy.db, ROMEO) == {}


async def test_seeing_somebody_no_longer_leaves_what_they_see(copy):
    copy.roster.items[JULIET] = Contact(JULIET, "", Subscription.BOTH)
    copy.roster.changed.emit(copy.roster.items[JULIET])
    copy.roster.sent.clear()

    await copy.friends.stop_seeing(JULIET)

    assert copy.roster.sent == [("unsubscribe", JULIET)]
    assert copy.friends.contact(JULIET).subscription is Subscription.FROM


@pytest.mark.parametrize("wish", ["remove", "stop_seeing"])
async def test_without_a_session_nothing_is_ended_by_halves(copy, wish):
    await copy.friends.add(JULIET, "Juliet", "1tMFqYDdKhfe2pwp")
    await copy.lose_session()

    with pytest.raises(Offline):
        await getattr(copy.friends, wish)(JULIET)
    assert wanted(copy.db, ROMEO) == {JULIET: "Juliet"}
