"""Invitations as the window shows them: stored first, shown again within an hour, named."""

from datetime import timedelta

import pytest

from pars_desktop.core.invites import Invites
from pars_desktop.domain.errors import Offline, ServerRefused
from pars_desktop.domain.invite import InviteOptions, Purpose, Refusal, ServerInvite, Via
from pars_desktop.domain.jid import JID
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.invites import ClaimKind, InviteStore
from tests.fakes import JULIET, ROMEO, TYBALT, settle


async def test_an_invitation_is_on_disk_before_anybody_sees_it(copy, heard):
    seen = []
    copy.invites.changed.connect(lambda: seen.extend(copy.invites.all()))

    invite = copy.invites.create(InviteOptions(label="for the party"))

    assert [each.id for each in seen] == [invite.id]
    assert invite.label == "for the party"
    assert invite.max_uses == 1
    assert invite.expires - invite.created == timedelta(days=7)


async def test_the_link_leads_to_us_with_a_token_of_128_bits(copy):
    link = parse_link(copy.invites.create().link)

    assert (link.action, link.jid, link.name) == ("roster", ROMEO, None)
    assert len(link.token) >= 22
    assert link.token.isalnum()


async def test_opening_the_window_again_shows_the_same_unused_invitation(copy):
    first = copy.invites.create()
    copy.clock.advance(timedelta(minutes=59))

    assert copy.invites.recent() == first


async def test_after_an_hour_or_a_use_it_is_not_shown_again(copy):
    copy.invites.create()
    copy.clock.advance(timedelta(minutes=61))
    assert copy.invites.recent() is None

    second = copy.invites.create()
    copy.invites.redeem(parse_link(second.link).token, JULIET)
    assert copy.invites.recent() is None


async def test_opening_the_window_forgets_the_links_of_those_that_ended(copy):
    first = copy.invites.create()
    copy.clock.advance(timedelta(days=8))
    copy.invites.recent()

    assert InviteStore(copy.db).get(first.id).link is None


async def test_a_revoked_invitation_is_not_shown_again_and_opens_nothing(copy):
    invite = copy.invites.create()
    token = parse_link(invite.link).token
    copy.invites.revoke(invite.id)

    assert copy.invites.recent() is None
    assert copy.invites.redeem(token, JULIET).refusal is Refusal.REVOKED


async def test_our_name_is_remembered_for_the_account(copy):
    copy.accounts.rename_me(ROMEO, "Romeo")
    await copy.restart()

    assert parse_link(copy.invites.create().link).name == "Romeo"


async def test_who_came_by_an_invitation_is_known(copy):
    invite = copy.invites.create()
    copy.invites.redeem(parse_link(invite.link).token, JULIET)

    assert copy.invites.used_by(invite.id) == [(JULIET, copy.clock.now())]


# --- options -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"lifetime": timedelta(minutes=59)},
        {"lifetime": timedelta(days=32)},
        {"uses": 0},
        {"uses": 51},
        {"bound_to": JID.trusted("capulet.lit")},
        {"bound_to": JID.trusted("juliet@capulet.lit/balcony")},
    ],
)
async def test_what_cannot_be_chosen_is_refused(wrong):
    with pytest.raises(ValueError, match="an invitation"):
        InviteOptions(**wrong)


async def test_r7_an_invitation_has_everything_that_was_chosen_and_is_on_disk(copy):
    options = InviteOptions("the choir", timedelta(days=3), 5, JULIET, "Romeo")
    invite = await copy.invites.prepare(options)

    assert copy.invites.get(invite.id) == invite
    assert (invite.label, invite.max_uses, invite.bound_to) == ("the choir", 5, JULIET)
    assert invite.ends == copy.clock.now() + timedelta(days=3)
    assert (invite.via, invite.is_ours, invite.page) == (Via.CLIENT, True, None)
    assert parse_link(invite.link).name == "Romeo"


async def test_p6_a_bound_invitation_opens_to_its_address_alone(copy):
    invite = copy.invites.create(InviteOptions(bound_to=JULIET))
    token = parse_link(invite.link).token

    assert copy.invites.redeem(token, TYBALT).refusal is Refusal.BOUND
    assert copy.invites.redeem(token, JULIET).kind is ClaimKind.CLAIMED


async def test_an_invitation_for_several_is_used_by_as_many_and_no_more(copy):
    invite = copy.invites.create(InviteOptions(uses=2))
    token = parse_link(invite.link).token
    guests = [JID.trusted(f"guest{number}@capulet.lit") for number in range(3)]

    kinds = [copy.invites.redeem(token, guest).kind for guest in guests]

    assert kinds == [ClaimKind.CLAIMED, ClaimKind.CLAIMED, ClaimKind.REFUSED]
    assert [jid for jid, _ in copy.invites.used_by(invite.id)] == guests[:2]
    assert copy.invites.get(invite.id).link is None


async def test_only_a_usual_invitation_that_nobody_was_given_is_shown_again(copy):
    await copy.invites.prepare(InviteOptions(label="Juliet"))
    await copy.invites.prepare(InviteOptions(lifetime=timedelta(hours=1)))
    await copy.invites.prepare(InviteOptions(uses=2))
    await copy.invites.prepare(InviteOptions(bound_to=JULIET))
    await copy.invites.prepare(shown_again=False)
    assert copy.invites.recent() is None

    usual = await copy.invites.prepare(InviteOptions(name="Romeo"))
    assert copy.invites.recent() == usual


async def test_a_link_never_changes(copy):
    invite = await copy.invites.prepare()
    copy.accounts.rename_me(ROMEO, "Romeo")

    assert copy.invites.recent().link == copy.invites.all()[0].link == invite.link


# --- ending them ---------------------------------------------------------------------------------


async def test_p18_a_request_that_was_stored_on_the_server_meets_a_revoked_invitation(offline):
    invite = offline.invites.create(InviteOptions(label="Juliet"))
    offline.roster.they_ask(JULIET, parse_link(invite.link).token)
    offline.invites.revoke(invite.id)

    await offline.log_in()

    (request,) = offline.friends.requests()
    assert (request.jid, request.refusal) == (JULIET, Refusal.REVOKED)
    assert offline.roster.of_kind("approve", "subscribe") == []


async def test_an_open_invitation_is_extended_and_its_link_stays(copy, heard):
    changed = heard(copy.invites.changed)
    invite = copy.invites.create()
    until = copy.clock.now() + timedelta(days=20)

    extended = copy.invites.extend(invite.id, until)

    assert (extended.ends, extended.link) == (until, invite.link)
    assert len(changed) == 2
    copy.clock.advance(timedelta(days=19))
    assert copy.invites.redeem(parse_link(invite.link).token, JULIET).kind is ClaimKind.CLAIMED


async def test_one_that_is_over_cannot_be_extended(copy):
    until = timedelta(days=9)
    revoked, used, expired = (copy.invites.create() for _ in range(3))
    copy.invites.revoke(revoked.id)
    copy.invites.redeem(parse_link(used.link).token, JULIET)
    copy.clock.advance(timedelta(days=8))

    for invite in (revoked, used, expired):
        assert copy.invites.extend(invite.id, copy.clock.now() + until) is None
        assert copy.invites.get(invite.id).expires == invite.expires


async def test_nothing_is_extended_into_the_past_or_beyond_a_month(copy):
    invite = copy.invites.create()

    for by in (timedelta(0), timedelta(days=32)):
        with pytest.raises(ValueError, match="within a month"):
            copy.invites.extend(invite.id, copy.clock.now() + by)


async def test_a_deleted_invitation_is_like_none_that_we_ever_made(copy):
    invite = copy.invites.create()
    copy.invites.redeem(parse_link(invite.link).token, JULIET)
    copy.roster.they_ask(TYBALT, parse_link(invite.link).token)
    await settle()
    assert copy.friends.requests()[0].refusal is Refusal.USED

    copy.invites.delete(invite.id)

    assert copy.invites.all() == []
    assert copy.invites.redeem(parse_link(invite.link).token, TYBALT).refusal is Refusal.UNKNOWN
    (request,) = copy.friends.requests()
    assert (request.refusal, request.invite) == (None, None)


async def test_another_accounts_invitation_is_not_ours(copy):
    invite = copy.invites.create()

    others = Invites(JULIET, InviteStore(copy.db), copy.clock, str)

    assert others.get(invite.id) is None
    assert others.all() == []


# --- our server ----------------------------------------------------------------------------------

TOKEN = "uiliWdwHsdfQWE34sdf2"


def made(clock, token=TOKEN, **rest):
    rest = {"expires": clock.now() + timedelta(days=7), "ibr": True} | rest
    return ServerInvite(ROMEO, token, **rest)


async def test_an_invitation_of_our_server_is_kept_like_one_of_ours(copy):
    copy.accounts.rename_me(ROMEO, "Romeo M")
    page = "https://montague.lit/invite/#1"
    copy.network.invitations.invites = [made(copy.clock, page=page)]

    invite = await copy.invites.prepare(InviteOptions(label="Juliet"))

    assert invite.link == f"xmpp:{ROMEO}?roster;preauth={TOKEN};ibr=y;name=Romeo%20M"
    assert (invite.page, invite.ibr, invite.via) == (page, True, Via.SERVER)
    assert (invite.label, invite.is_ours) == ("Juliet", False)
    assert copy.invites.get(invite.id) == invite


@pytest.mark.parametrize(
    "options",
    [
        InviteOptions(lifetime=timedelta(days=8)),
        InviteOptions(uses=2),
        InviteOptions(bound_to=JULIET),
    ],
)
async def test_what_a_servers_token_cannot_carry_makes_our_own(copy, options):
    copy.network.invitations.invites = [made(copy.clock)]

    assert (await copy.invites.prepare(options)).is_ours
    assert copy.network.invitations.asked == []


async def test_r5_a_refusal_of_the_server_is_silent_and_the_token_our_own(copy):
    invite = await copy.invites.prepare()

    assert copy.network.invitations.asked == [("friend",)]
    assert invite.is_ours


async def test_r5_offline_the_token_is_our_own(offline):
    assert (await offline.invites.prepare()).is_ours


async def test_r5_a_server_that_does_not_answer_is_not_waited_for(copy):
    copy.network.invitations.invites = [made(copy.clock)]
    copy.network.invitations.silence = 60.0
    invites = Invites(ROMEO, InviteStore(copy.db), copy.clock, str, server_limit=0.01)
    invites.attach(copy.network.invitations)

    assert (await invites.prepare()).is_ours


async def test_p5_an_invitation_that_has_ended_by_our_clock_is_not_shown(copy):
    ended = made(copy.clock, expires=copy.clock.now())
    copy.network.invitations.invites = [ended]

    assert (await copy.invites.prepare()).is_ours


async def test_p15_a_token_the_server_gave_us_before_is_not_shown_to_a_second_friend(copy):
    copy.network.invitations.invites = [made(copy.clock), made(copy.clock)]
    first = await copy.invites.prepare()

    second = await copy.invites.prepare()

    assert (first.via, second.via) == (Via.SERVER, Via.CLIENT)


async def test_p15_an_invitation_without_an_end_does_not_end(copy):
    copy.network.invitations.invites = [made(copy.clock, expires=None)]
    invite = await copy.invites.prepare()
    assert invite.ends is None

    copy.clock.advance(timedelta(days=3650))
    assert copy.invites.get(invite.id).link == invite.link


async def test_r10_a_servers_invitation_is_neither_revoked_nor_extended_from_here(copy):
    copy.network.invitations.invites = [made(copy.clock)]
    invite = await copy.invites.prepare()

    with pytest.raises(ValueError, match="there alone"):
        copy.invites.revoke(invite.id)
    assert copy.invites.extend(invite.id, copy.clock.now() + timedelta(days=1)) is None
    assert copy.invites.get(invite.id) == invite


async def test_r10_a_servers_token_that_reaches_us_lets_nobody_in(copy):
    """The server has looked at it before us: it was good for nothing any more."""
    copy.network.invitations.invites = [made(copy.clock)]
    await copy.invites.prepare()

    assert copy.invites.redeem(TOKEN, JULIET).refusal is Refusal.USED


async def test_r9_an_invitation_to_the_server_leads_there_and_to_nobody_in_our_list(copy):
    place = JID.trusted("tybalt@montague.lit")
    copy.network.invitations.accounts = [ServerInvite(place, TOKEN, None, befriends=False)]
    assert await copy.invites.offers_accounts()

    invite = await copy.invites.invite_to_server("tybalt", befriend=False, label="Tybalt")

    assert invite.link == f"xmpp:tybalt@montague.lit?register;preauth={TOKEN}"
    assert (invite.purpose, invite.bound_to, invite.label) == (Purpose.ACCOUNT, place, "Tybalt")
    assert copy.invites.get(invite.id) == invite
    assert copy.invites.recent() is None
    assert not copy.invites.expects_guests()


async def test_r9_who_may_not_is_not_offered_it_and_told_so(copy):
    assert not await copy.invites.offers_accounts()
    with pytest.raises(ServerRefused):
        await copy.invites.invite_to_server()


async def test_r9_offline_accounts_are_not_offered(offline):
    assert not await offline.invites.offers_accounts()
    with pytest.raises(Offline):
        await offline.invites.invite_to_server()
