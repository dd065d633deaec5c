"""What commands ask about invitations, as questions and answers."""

import json
from datetime import timedelta

import pytest

from pars_desktop.core.invite_commands import InviteCommands
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.domain.invite import InviteOptions, ServerInvite
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.invites import ClaimKind
from tests.fakes import JULIET, ROMEO


@pytest.fixture
def ask(copy):
    """Ask the copy that is online, and understand the answer."""
    commands = InviteCommands(
        lambda: {account.jid: account.invites for account in copy.accounts.all()}, copy.clock
    )

    async def asked(**question):
        return json.loads(await commands.answer(json.dumps(question)))

    return asked


async def test_an_invitation_is_made_as_it_was_asked_for(copy, ask):
    answer = await ask(do="invite", label=" the\nchoir ", uses=3, seconds=3 * 86400, to=str(JULIET))

    made = answer["invitation"]
    token = parse_link(made.pop("link")).token
    assert made == {
        "id": 1,
        "account": str(ROMEO),
        "for": "the choir",
        "purpose": "friend",
        "state": "waiting",
        "created": "2026-11-20T12:00:00Z",
        "expires": "2026-11-23T12:00:00Z",
        "uses": 3,
        "used": 0,
        "to": str(JULIET),
        "made_by": "client",
        "creates_accounts": False,
        "page": None,
    }
    assert copy.invites.redeem(token, JULIET).kind is ClaimKind.CLAIMED


async def test_one_that_was_given_away_by_a_command_is_not_shown_by_the_window(copy, ask):
    await ask(do="invite")

    assert copy.invites.recent() is None


async def test_the_server_makes_it_if_it_can(copy, ask):
    copy.network.invitations.invites = [
        ServerInvite(ROMEO, "a1", None, page="https://montague.lit/1", ibr=True)
    ]

    made = (await ask(do="invite"))["invitation"]

    assert (made["made_by"], made["creates_accounts"]) == ("server", True)
    assert (made["expires"], made["page"]) == (None, "https://montague.lit/1")


async def test_p17_the_list_holds_everything_but_the_links(copy, ask):
    invite = copy.invites.create(InviteOptions("the choir"))
    token = parse_link(invite.link).token
    copy.invites.redeem(token, JULIET)
    copy.clock.advance(timedelta(hours=1))
    waiting = copy.invites.create()

    listed = (await ask(do="list"))["invitations"]

    assert [each["id"] for each in listed] == [waiting.id, invite.id]
    assert [each["state"] for each in listed] == ["waiting", "used"]
    assert [each["used_by"] for each in listed] == [[], [str(JULIET)]]
    assert token not in str(listed)
    assert parse_link(waiting.link).token not in str(listed)


async def test_r10_only_what_is_ours_is_revoked(copy, ask):
    own = copy.invites.create()
    copy.network.invitations.invites = [ServerInvite(ROMEO, "a1", None, ibr=True)]
    servers = await copy.invites.prepare()

    answer = await ask(do="revoke", ids=[own.id, servers.id, 99])

    assert answer == {"revoked": [own.id], "unknown": [99], "by_server": [servers.id]}
    assert [each["state"] for each in (await ask(do="list"))["invitations"]] == [
        "waiting",
        "revoked",
    ]


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ({}, "bad-question"),
        ({"do": "dance"}, "bad-question"),
        ({"do": "invite", "uses": 51}, "bad-question"),
        ({"do": "invite", "uses": "many"}, "bad-question"),
        ({"do": "invite", "seconds": 1}, "bad-question"),
        ({"do": "invite", "seconds": 1e300}, "bad-question"),
        ({"do": "invite", "to": "@@"}, "bad-question"),
        ({"do": "invite", "label": 7}, "bad-question"),
        ({"do": "revoke"}, "bad-question"),
        ({"do": "revoke", "ids": [2**80]}, "bad-question"),
        ({"do": "list", "account": str(JULIET)}, "unknown-account"),
        ({"do": "list", "account": "a@b@c"}, "bad-question"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_changes_nothing(copy, ask, question, reason):
    assert await ask(**question) == {"refused": reason}
    assert copy.invites.all() == []


@pytest.mark.parametrize("text", ["", "[]", "null", "7", "{", "[" * 50_000])
async def test_whatever_the_question_looks_like_there_is_an_answer(copy, text):
    commands = InviteCommands(lambda: {ROMEO: copy.invites}, copy.clock)

    assert json.loads(await commands.answer(text)) == {"refused": "bad-question"}


async def test_without_an_account_there_is_nobody_to_invite(copy):
    commands = InviteCommands(dict, copy.clock)

    assert json.loads(await commands.answer('{"do": "invite"}')) == {"refused": "no-account"}


async def test_l3_a_full_disk_is_said(copy, ask, monkeypatch):
    def full(*_, **__):
        raise StorageFailed

    monkeypatch.setattr(copy.db, "run", full)

    assert await ask(do="invite") == {"refused": "storage"}
