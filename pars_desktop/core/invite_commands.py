"""What commands ask about invitations: one question in, one answer out, both as JSON.

The running copy answers over its socket; without one, the command answers itself. The answer holds
the link of a new invitation, so it goes to whoever asked and nowhere else.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pars_desktop.core.invites import Invites
from pars_desktop.core.ports import Clock
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.domain.invite import LIFETIME, Invite, InviteOptions
from pars_desktop.domain.jid import JID
from pars_desktop.domain.text import one_line

Answer = dict[str, Any]

_LARGEST_ID = 2**63 - 1  # of a row


class InviteCommands:
    """Answers questions about the invitations of all accounts.

    A question is an object. Its `do` is invite (with `label`, `uses`, `seconds`: how long it
    lasts, `to`: who alone may use it), list, or revoke (with `ids`); `account` may be in any.
    An answer with `refused` says why in one word: bad-question, no-account (there is none),
    unknown-account, storage.
    """

    def __init__(self, invites: Callable[[], Mapping[JID, Invites]], clock: Clock) -> None:
        self._invites = invites  # of every account, the first one being the usual one
        self._clock = clock

    async def answer(self, question: str) -> str:
        """Do what is asked. Whatever the question looks like, there is an answer."""
        try:
            asked = _understood(question)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return json.dumps({"refused": "bad-question"})
        try:
            return json.dumps(await self._answer(asked))
        except StorageFailed:
            return json.dumps({"refused": "storage"})

    async def _answer(self, asked: "_Question") -> Answer:
        accounts = dict(self._invites())
        if not accounts:
            return {"refused": "no-account"}
        if asked.account is not None:
            if asked.account not in accounts:
                return {"refused": "unknown-account"}
            accounts = {asked.account: accounts[asked.account]}
        if asked.do == "invite":
            return await self._invite(next(iter(accounts.values())), asked.options)
        if asked.do == "revoke":
            return await self._revoke(accounts, asked.ids)
        return {"invitations": [each for one in accounts.values() for each in self._all(one)]}

    async def _invite(self, invites: Invites, options: InviteOptions) -> Answer:
        # Given away at once: the window must not offer the same one to somebody else.
        invite = await invites.prepare(options, shown_again=False)
        return {"invitation": self._facts(invite) | {"link": invite.link, "page": invite.page}}

    def _all(self, invites: Invites) -> list[Answer]:
        """Without links: whoever has lost one makes another."""
        answers = []
        for invite in invites.all():
            guests = invites.used_by(invite.id) if invite.uses else []
            answers.append(self._facts(invite) | {"used_by": [str(jid) for jid, _ in guests]})
        return answers

    async def _revoke(self, accounts: Mapping[JID, Invites], ids: tuple[int, ...]) -> Answer:
        """Says also which were not there, and which are not ours to end."""
        done: dict[str, list[int]] = {"revoked": [], "unknown": [], "by_server": []}
        for number in ids:
            owner = next((one for one in accounts.values() if one.get(number)), None)
            invite = owner.get(number) if owner else None
            if owner is None or invite is None:
                done["unknown"].append(number)
            elif not invite.is_ours:
                done["by_server"].append(number)
            else:
                owner.revoke(number)
                done["revoked"].append(number)
            await asyncio.sleep(0)  # there may be thousands, and each is written to disk
        return dict(done)

    def _facts(self, invite: Invite) -> Answer:
        over = invite.refusal(self._clock.now())
        return {
            "id": invite.id,
            "account": str(invite.account),
            "for": invite.label,
            "purpose": invite.purpose.value,
            "state": over.value if over else "waiting",
            "created": _text(invite.created),
            "expires": _text(invite.ends),
            "uses": invite.max_uses,
            "used": invite.uses,
            "to": str(invite.bound_to) if invite.bound_to else None,
            "made_by": invite.via.value,
            "creates_accounts": invite.ibr,
        }


@dataclass(frozen=True, slots=True)
class _Question:
    do: str
    account: JID | None
    options: InviteOptions
    ids: tuple[int, ...]


def _understood(text: str) -> _Question:
    """Read a question; whatever is wrong with it raises something."""
    found = json.loads(text)
    if found["do"] not in ("invite", "list", "revoke"):
        raise ValueError("nothing that is ever done")
    account, friend = found.get("account"), found.get("to")
    ids = tuple(map(int, found["ids"])) if found["do"] == "revoke" else ()
    if any(not 0 <= number <= _LARGEST_ID for number in ids):
        raise ValueError("no number of an invitation")
    options = InviteOptions(
        label=one_line(found.get("label") or ""),
        lifetime=timedelta(seconds=found.get("seconds") or LIFETIME.total_seconds()),
        uses=int(found.get("uses") or 1),
        bound_to=JID.parse(friend) if friend else None,
    )
    return _Question(found["do"], JID.parse(account).bare if account else None, options, ids)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None
