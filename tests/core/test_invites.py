"""Invitations as the window shows them: stored first, shown again within an hour, named."""

from datetime import timedelta

from pars_desktop.domain.invite import Refusal
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.invites import ClaimKind, InviteStore
from tests.fakes import JULIET, ROMEO


async def test_an_invitation_is_on_disk_before_anybody_sees_it(copy, heard):
    seen = []
    copy.invites.changed.connect(lambda: seen.extend(copy.invites.all()))

    invite = copy.invites.create("for the party")

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
    first = copy.invites.current()
    copy.clock.advance(timedelta(minutes=59))

    assert copy.invites.current() == first


async def test_after_an_hour_or_a_use_there_is_a_new_one(copy):
    first = copy.invites.current()
    copy.clock.advance(timedelta(minutes=61))
    second = copy.invites.current()
    assert second.id != first.id

    copy.invites.redeem(parse_link(second.link).token, JULIET)
    assert copy.invites.current().id not in (first.id, second.id)


async def test_opening_the_window_forgets_the_links_of_those_that_ended(copy):
    first = copy.invites.current()
    copy.clock.advance(timedelta(days=8))
    copy.invites.current()

    assert InviteStore(copy.db).get(first.id).link is None


async def test_a_revoked_invitation_is_not_shown_again_and_opens_nothing(copy):
    invite = copy.invites.current()
    token = parse_link(invite.link).token
    copy.invites.revoke(invite.id)

    assert copy.invites.current().id != invite.id
    assert copy.invites.redeem(token, JULIET).refusal is Refusal.REVOKED


async def test_our_name_becomes_the_links_name_under_the_same_token(copy):
    plain = parse_link(copy.invites.current().link)
    copy.accounts.rename_me(ROMEO, "  Romeo \n Montague ")
    named = parse_link(copy.invites.current().link)

    assert (plain.name, named.name) == (None, "Romeo Montague")
    assert named.token == plain.token
    assert copy.invites.redeem(plain.token, JULIET).kind is ClaimKind.CLAIMED


async def test_our_name_is_remembered_for_the_account(copy):
    copy.accounts.rename_me(ROMEO, "Romeo")
    await copy.restart()

    assert parse_link(copy.invites.current().link).name == "Romeo"


async def test_who_came_by_an_invitation_is_known(copy):
    invite = copy.invites.current()
    copy.invites.redeem(parse_link(invite.link).token, JULIET)

    assert copy.invites.used_by(invite.id) == [(JULIET, copy.clock.now())]
