"""The commands that need no window.

Exit status 0: done, 1: it did not work, 2: misused, 3: no place for the password.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

import pars_desktop
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.errors import BadAddress, NoKeyring, Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Link
from pars_desktop.system import arguments, handover
from pars_desktop.system.arguments import USAGE, Misused
from pars_desktop.system.paths import Paths

_QUIT_LIMIT = 10.0  # seconds for the running copy to end
_LONGEST_PASSWORD = 4096


def run(command: str, words: Sequence[str], profile: str | None) -> int:
    """Do a command; its exit status. Raises Misused, NoAnswer and OSError."""
    try:
        return _COMMANDS[command](words, profile)
    except Trouble as error:
        return _complain(_sentence(error), 1)


def version(_words: Sequence[str], _profile: str | None) -> int:
    """Print the version."""
    print(f"Pars {pars_desktop.__version__}")
    return 0


def usage(_words: Sequence[str], _profile: str | None) -> int:
    """Print what can be asked for."""
    print(USAGE, end="")
    return 0


def inspect_words(words: Sequence[str], _profile: str | None) -> int:
    """`[--json] LINK|-`. A LINK may look like anything, also like an option."""
    as_json = list(words[:1]) == ["--json"]
    links = words[1:] if as_json else words
    if len(links) != 1:
        raise Misused("inspect takes one link, or - to read links from standard input.")
    return inspect(links[0], as_json, sys.stdin)


def inspect(link: str, as_json: bool, stdin: TextIO) -> int:
    """Say what a link would do, without doing it; "-" reads one link per line from stdin.

    Exit status: 0 understood, 2 refused; always 0 for "-".
    """
    from pars_desktop.domain import explain
    from pars_desktop.domain.uri import parse_link

    def told(text: str) -> Link:
        found = parse_link(text)
        print(json.dumps(explain.fields(found)) if as_json else explain.report(found), flush=True)
        return found

    if isinstance(sys.stdout, TextIOWrapper):  # a terminal may know fewer letters than a link
        sys.stdout.reconfigure(errors="backslashreplace")
    if link != "-":
        return 2 if told(link).refused else 0
    if isinstance(stdin, TextIOWrapper):  # whatever comes: one line in, one answer out
        stdin.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")
    for line in stdin:
        told(line)
    return 0


def quit_running(words: Sequence[str], profile: str | None) -> int:
    """End the running copy and wait until it has ended. If none runs, that is fine too."""
    _no_words(words)
    paths = Paths.of(profile)
    until = time.monotonic() + _QUIT_LIMIT
    was_told = False
    while not _is_free(paths):
        was_told = was_told or handover.send(str(paths.data), "quit", "", {})
        if time.monotonic() > until:
            return _complain("Pars was asked to end, but is still running.", 1)
        time.sleep(0.02)  # it is ending, or just starting
    if not was_told:
        print("Pars is not running.")
    return 0


def _is_free(paths: Paths) -> bool:
    """No copy runs with this profile now."""
    from pars_desktop.system.single_instance import Lock

    if not paths.lock.exists():
        return True
    lock = Lock.take(paths)
    if lock is not None:
        lock.release()
    return lock is not None


def add_account(words: Sequence[str], profile: str | None) -> int:
    """Store an account with the password from standard input; do not connect.

    Not while a copy runs: it would not notice, and two may not write to one profile.
    """
    from pars_desktop.system.single_instance import Lock

    wanted = _account(words)
    paths = Paths.of(profile)
    lock = Lock.take(paths)
    if lock is None:
        return _complain("Pars is running; end it first: pars-desktop quit", 1)
    try:
        _store(paths, wanted, _password())
    except NoKeyring:
        return _complain(
            "There is no usable keyring. Start one, or keep the password in a file that only you"
            " can read: --keep-password file",
            3,
        )
    finally:
        lock.release()
    return 0


def register_handler(words: Sequence[str], profile: str | None) -> int:
    """Open xmpp: links of this desktop with this program and profile."""
    from pars_desktop.system.link_handler import LinkHandler

    if words not in ([], ["--yes"]):
        raise Misused("register-handler takes --yes and nothing else.")
    handler = LinkHandler(Paths.of(profile))
    other = handler.current_default()
    if other is not None and not words and not _agreed(other):
        return _complain(f"Nothing was changed: {other} opens links.", 1)
    if not handler.register():
        return _complain(
            "Pars is installed, but your desktop still opens links with another program;"
            " choose Pars in its settings under default applications.",
            1,
        )
    print("Pars opens xmpp: links now.")
    return 0


def unregister_handler(words: Sequence[str], profile: str | None) -> int:
    """Undo register-handler."""
    from pars_desktop.system.link_handler import LinkHandler

    _no_words(words)
    handler = LinkHandler(Paths.of(profile))
    handler.unregister()
    print(f"{handler.current_default() or 'No program'} opens xmpp: links now.")
    return 0


def export_landing_page(words: Sequence[str], _profile: str | None) -> int:
    """Write the page that shows invitations, for any static web server."""
    from pars_desktop.system import landing_page

    found = arguments.sort(words, ("--download",))
    folder, download = found.only("folder"), found.values.get("--download", "")
    if download and not landing_page.is_download(download):
        raise Misused("--download is an https: address.")
    files = landing_page.export(Path(folder).absolute(), download)
    names = ", ".join(file.name for file in files)
    print(f"Written to {_printable(folder)}: {names}.")
    print(
        "Let any web server hand out this folder as it is, over https. If that makes it"
        " https://example.org/i/, then invitations begin with https://example.org/i/#"
    )
    return 0


def invite(words: Sequence[str], profile: str | None) -> int:
    """Make an invitation and print its link."""
    from pars_desktop import cli_invitations

    try:
        return cli_invitations.invite(words, profile)
    except cli_invitations.Refused as refusal:
        return _complain(str(refusal), 1)


def invitations(words: Sequence[str], profile: str | None) -> int:
    """List invitations, or revoke some."""
    from pars_desktop import cli_invitations

    try:
        return cli_invitations.invitations(words, profile)
    except cli_invitations.Refused as refusal:
        return _complain(str(refusal), 1)


_COMMANDS: dict[str, Callable[[Sequence[str], str | None], int]] = {
    "version": version,
    "help": usage,
    "h": usage,
    "inspect": inspect_words,
    "add-account": add_account,
    "quit": quit_running,
    "register-handler": register_handler,
    "unregister-handler": unregister_handler,
    "export-landing-page": export_landing_page,
    "invite": invite,
    "invitations": invitations,
}


def _account(words: Sequence[str]) -> AccountSettings:
    """The words of add-account."""
    found = arguments.sort(words, ("--server", "--ca", "--keep-password"))
    options = found.values
    try:
        jid = JID.parse(found.only("address"))
    except BadAddress:
        raise Misused("This is no address of an account.") from None
    if not jid.local or jid.resource:
        raise Misused("add-account needs an address like romeo@montague.example, without a /part.")
    keep = options.get("--keep-password", "keyring")
    if keep not in ("keyring", "file"):
        raise Misused("--keep-password is keyring or file.")
    host, port = _server(options.get("--server", ""))
    certificates = _existing(options.get("--ca", ""))
    return AccountSettings(jid, host, port, certificates, keep_password=KeepPassword(keep))


def _store(paths: Paths, wanted: AccountSettings, password: str) -> None:
    """Keep the password, then the account; what is known of it already stays as it is."""
    import asyncio

    from pars_desktop.store.accounts import AccountStore
    from pars_desktop.store.database import Database
    from pars_desktop.system import logs
    from pars_desktop.system.keyring import Keyring

    paths.create()
    logs.start(paths.logs)
    db = Database.open(paths.database)
    try:
        accounts = AccountStore(db)
        known = {settings.jid: settings for settings in accounts.all()}.get(wanted.jid, wanted)
        asyncio.run(Keyring(paths.data).put(wanted.jid, password, wanted.keep_password))
        accounts.put(
            replace(wanted, your_name=known.your_name, best_mechanism=known.best_mechanism)
        )
    finally:
        db.close()


def _server(text: str) -> tuple[str, int]:
    """HOST, HOST:PORT or [V6]:PORT."""
    if not text:
        return "", 0
    host, colon, port = text.rpartition(":")
    if not colon or (":" in host and not host.startswith("[")):
        host, port = text, "0"
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise Misused("--server is HOST:PORT.")
    return host, int(port)


def _existing(file: str) -> str:
    path = Path(file).absolute()
    if file and not path.is_file():
        raise Misused("--ca: there is no such file.")
    return str(path) if file else ""


def _password() -> str:
    """The first line of standard input; a person at a terminal types it unseen."""
    if sys.stdin.isatty():
        import getpass

        password = getpass.getpass("Password: ")
    else:
        try:
            password = sys.stdin.readline(_LONGEST_PASSWORD + 2).rstrip("\r\n")
            password.encode()
        except UnicodeError:
            raise Misused("The password is not valid text.") from None
    if not password:
        raise Misused("The password is read from standard input, and there is none.")
    if len(password) > _LONGEST_PASSWORD:
        raise Misused("The password is too long.")
    return password


def _agreed(other: str) -> bool:
    """The person wants links to open with us rather than with the other program."""
    question = f"xmpp: links are opened by {other} now. Open them with Pars instead?"
    if not sys.stdin.isatty():
        print(question, "Repeat with --yes if so.")
        return False
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def _sentence(error: Trouble) -> str:
    if isinstance(cause := error.__cause__, OSError) and cause.filename:
        name = _printable(cause.filename)
        return f"{name} cannot be written: {cause.strerror}. Change that and try again."
    return (type(error).__doc__ or "").partition("\n")[0]


def _printable(file: str) -> str:
    """The name of a file, which may be no text, as far as it can be shown."""
    return os.fsencode(file).decode(errors="replace")


def _no_words(words: Sequence[str]) -> None:
    if words:
        raise Misused("This command takes nothing else.")


def _complain(sentence: str, status: int) -> int:
    if sys.stderr is not None:
        print(f"pars-desktop: {sentence}", file=sys.stderr)
    return status
