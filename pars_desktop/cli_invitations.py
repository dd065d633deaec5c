"""The commands `invite` and `invitations`, answered by the running copy if there is one.

Links appear on standard output, and nowhere else.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from pars_desktop.domain.errors import BadAddress
from pars_desktop.domain.invite import LIFETIME, InviteOptions, Purpose
from pars_desktop.domain.jid import JID
from pars_desktop.domain.text import one_line
from pars_desktop.system import arguments, handover
from pars_desktop.system.arguments import Misused
from pars_desktop.system.paths import Paths

_BUSY_LIMIT = 15.0  # seconds to wait for another command, or for a copy that is just starting
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_WHY = {
    "no-account": "There is no account yet; add one first: pars-desktop add-account",
    "unknown-account": "There is no such account here.",
    "storage": "It could not be written to disk.",
}


_NEEDS_ACCOUNT = "A friend without an account needs one elsewhere."
_BY_SERVER = " While Pars is running, the link can also make accounts, if your server allows it."


class Refused(Exception):
    """It cannot be done; the text is a sentence for the person."""


def invite(words: Sequence[str], profile: str | None) -> int:
    """Make an invitation and print its link.

    Raises Misused, Refused, NoAnswer, Trouble and OSError.
    """
    options = ("--for", "--uses", "--expires", "--to", "--account")
    found = arguments.sort(words, options, ("--web", "--qr", "--json"))
    if found.plain:
        raise Misused("invite takes options only. Try --help.")
    wanted = _invite_options(found.values)
    question = {
        "do": "invite",
        "account": found.values.get("--account"),
        "label": wanted.label,
        "uses": wanted.uses,
        "seconds": wanted.lifetime.total_seconds(),
        "to": str(wanted.bound_to) if wanted.bound_to else None,
    }
    answer = _ask(profile, question)
    made = answer["invitation"]
    link = _web_link(profile, made) if "--web" in found.flags else made["link"]
    if answer.get("is_ours_alone") and wanted.bound_to is None and sys.stderr is not None:
        note = _NEEDS_ACCOUNT + ("" if wanted.needs_own_token else _BY_SERVER)
        sys.stderr.write(f"pars-desktop: {note}\n")
    print(json.dumps(made | {"link": link}) if "--json" in found.flags else link)
    if "--qr" in found.flags:
        _print_code(link)
    return 0


def invitations(words: Sequence[str], profile: str | None) -> int:
    """List invitations or revoke some; 1 if one could not be revoked. Raises as `invite`."""
    found = arguments.sort(words, ("--account",), ("--json",))
    question: dict[str, Any] = {"account": found.values.get("--account")}
    if not found.plain:
        listed = _ask(profile, question | {"do": "list"})["invitations"]
        if "--json" in found.flags:
            print(json.dumps(listed))
        else:
            _print_list(listed)
        return 0
    command, *numbers = found.plain
    if command != "revoke" or not numbers or not all(map(_is_number, numbers)):
        raise Misused("Expected: invitations revoke NUMBER and perhaps more numbers.")
    answer = _ask(profile, question | {"do": "revoke", "ids": [int(each) for each in numbers]})
    if "--json" in found.flags:
        print(json.dumps(answer))
    return _tell_revoked(answer, aloud="--json" not in found.flags)


# --- words ---------------------------------------------------------------------------------------


def _invite_options(values: dict[str, str]) -> InviteOptions:
    uses = values.get("--uses", "1")
    friend = values.get("--to")
    try:
        return InviteOptions(
            label=one_line(values.get("--for", "")),
            lifetime=_lifetime(values["--expires"]) if "--expires" in values else LIFETIME,
            uses=int(uses) if _is_number(uses) else 0,
            bound_to=None if friend is None else JID.parse(friend),
        )
    except BadAddress:
        raise Misused("--to is the address of a person.") from None
    except ValueError as error:  # what it says is written for a person, too
        sentence = str(error)
        raise Misused(f"{sentence[0].upper()}{sentence[1:]}.") from None


def _lifetime(text: str) -> timedelta:
    found = re.fullmatch(r"([1-9][0-9]{0,3})([hdw])", text)
    if found is None:
        raise Misused("--expires is a time such as 12h, 3d or 2w.")
    return int(found[1]) * _UNITS[found[2]]


def _is_number(word: str) -> bool:
    return re.fullmatch("[0-9]{1,15}", word) is not None


# --- asking --------------------------------------------------------------------------------------


def _ask(profile: str | None, question: dict[str, Any]) -> dict[str, Any]:
    """Let the running copy answer, or do it in its place. Only one process may at a time."""
    from pars_desktop.system.single_instance import Lock

    text, paths = json.dumps(question), Paths.of(profile)
    if len(text) > handover.LONGEST_QUESTION:
        raise Misused("That is too much at once.")
    lock: Lock | None = None
    until = time.monotonic() + _BUSY_LIMIT
    while (answer := handover.ask(str(paths.data), text)) is None:
        if not paths.database.exists():
            raise Refused(_WHY["no-account"])
        if (lock := Lock.take(paths)) is not None:
            try:
                answer = _answered_here(paths, text)
                break
            finally:
                lock.release()
        if time.monotonic() > until:
            raise handover.NoAnswer("Pars is running, but it does not answer.")
        time.sleep(0.01)  # a copy is just starting or ending, or another command is at work
    found: dict[str, Any] = json.loads(answer)
    if lock is not None and "invitation" in found:
        found["is_ours_alone"] = True  # no server had a hand in it
    if (reason := found.get("refused")) is not None:
        raise Refused(_WHY.get(reason, "Pars did not understand that: is another version running?"))
    return found


def _answered_here(paths: Paths, question: str) -> str:
    """What the running copy would do, but without a network. Raises Trouble."""
    import asyncio

    from pars_desktop.core.invite_commands import InviteCommands
    from pars_desktop.core.invites import Invites
    from pars_desktop.domain.account import AccountSettings
    from pars_desktop.store.accounts import AccountStore
    from pars_desktop.store.database import Database
    from pars_desktop.store.invites import InviteStore
    from pars_desktop.system import logs
    from pars_desktop.system.clock import SystemClock

    paths.create()
    logs.start(paths.logs)
    db, clock = Database.open(paths.database), SystemClock()

    def name_of(settings: AccountSettings) -> Callable[[], str]:
        return lambda: settings.your_name

    try:
        invites = {
            settings.jid: Invites(settings.jid, InviteStore(db), clock, name_of(settings))
            for settings in AccountStore(db).all()
        }
        return asyncio.run(InviteCommands(lambda: invites, clock).answer(question))
    finally:
        db.close()


def _web_link(profile: str | None, made: dict[str, Any]) -> str:
    """The link as a page shows it: our server's, or the one in the preferences (R4)."""
    from pars_desktop.domain.landing import LANDING_PAGE, is_landing_page, web_link
    from pars_desktop.store.settings import SettingsStore

    page = SettingsStore(Paths.of(profile).settings).load().landing_page
    usual = page if is_landing_page(page) else LANDING_PAGE
    return made["page"] or web_link(made["link"], usual)


# --- telling -------------------------------------------------------------------------------------


_BLOCKS = " ▄▀█"  # neither half of a letter, the lower one, the upper one, both
_WHITE_ON_BLACK, _AS_BEFORE = "\033[97;40m", "\033[0m"


def _print_code(link: str) -> None:
    """The QR code, two modules to a letter: in a terminal white, whatever its colours are; in a
    file as on paper, without codes for colours."""
    import segno

    code = segno.make_qr(link, error="l")
    is_paper = not sys.stdout.isatty()
    try:
        _BLOCKS.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        if is_paper:
            for row in code.matrix_iter(border=4):
                print("".join("##" if dark else "  " for dark in row).rstrip())
        else:
            code.terminal(border=4)  # larger, and of spaces alone
        return
    rows = [[bool(dark) is is_paper for dark in row] for row in code.matrix_iter(border=4)]
    rows += [[not is_paper] * len(rows[0])] * (len(rows) % 2)
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        line = "".join(_BLOCKS[2 * up + low] for up, low in zip(upper, lower, strict=True))
        print(line if is_paper else f"{_WHITE_ON_BLACK}{line}{_AS_BEFORE}")


def _print_list(found: list[dict[str, Any]]) -> None:
    """One line each, in columns; foreign and own words in it are one line by themselves."""
    if not found:
        print("There are no invitations.")
    for each in found:
        used = f"{each['used']}/{each['uses']}"
        ends = each["expires"] or "no end"
        by = f"  by {', '.join(each['used_by'])}" if each["used_by"] else ""
        whom = f"  for {each['for']}" if each["for"] else ""
        is_account = each["purpose"] == Purpose.ACCOUNT.value
        kind = "  new account" if is_account else ""
        bound = f"  {'as' if is_account else 'to'} {each['to']}" if each["to"] else ""
        about = f"{kind}{whom}{bound}{by}"
        print(f"{each['id']:>6}  {each['state']:<8}  {ends:<20}  {used:>5}{about}")


def _tell_revoked(answer: dict[str, Any], *, aloud: bool) -> int:
    if aloud:
        for number in answer["revoked"]:
            print(f"{number} is revoked.")
    for number in answer["unknown"]:
        print(f"pars-desktop: There is no invitation {number}.", file=sys.stderr)
    for number in answer["by_server"]:
        print(
            f"pars-desktop: Invitation {number} was made by your server, and is ended there only.",
            file=sys.stderr,
        )
    return 1 if answer["unknown"] or answer["by_server"] else 0
