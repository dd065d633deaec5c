"""The command line: our own options, then one link or one command, and nothing else.

A link comes from a web page by way of the desktop, so it is never read as an option, nothing may
stand beside it, and complaints never repeat it (standard error often ends up in a journal).
Imported on the way to a running copy: nothing heavy may be imported here.
"""

from collections.abc import Mapping, Sequence

COMMANDS = (
    "inspect",
    "add-account",
    "quit",
    "register-handler",
    "unregister-handler",
    "export-landing-page",
    "invite",
    "invitations",
)
_LONGEST_OPTION = 20
LONGEST_LINK = 60 * 1024  # bytes; with its envelope it fits into one hand-over

USAGE = """\
Usage: pars-desktop [--profile DIR] [--] [LINK]
       pars-desktop [--profile DIR] COMMAND ...

Without a command, Pars starts or comes to the front, and opens LINK (xmpp: or https:).

Commands:
  inspect [--json] LINK|-     say what a link would do, without doing it
  add-account JID [--server HOST:PORT] [--ca FILE] [--keep-password keyring|file]
                              store an account; the password is read from standard input
  invite [--for LABEL] [--uses N] [--expires 12h|3d|2w] [--to JID] [--account JID]
         [--web] [--qr] [--json]
                              make an invitation and print its link
                              (--web: as the address of a page, --qr: a code as well)
  invitations [--account JID] [--json]
                              list invitations, without their links
  invitations revoke NUMBER...
                              end invitations
  register-handler [--yes]    open invitation links of this desktop with Pars
  unregister-handler          undo that
  export-landing-page DIR [--download URL]
                              write the page that shows invitations, for your web server
  quit                        end the running copy

Options:
  --profile DIR   keep every file of this copy below DIR (or set PARS_DESKTOP_PROFILE)
  --version       print the version
  --help          print this text
"""


class Misused(Exception):
    """The command line makes no sense; the text is a sentence for the person."""


class Arguments:
    """What was asked for: start (with or without a link), or a command with its own arguments.

    `--version` and `--help` are commands here.
    """

    __slots__ = ("command", "link", "profile", "rest")

    def __init__(self, profile: str | None) -> None:
        self.profile = profile
        self.link: str | None = None
        self.command: str | None = None
        self.rest: list[str] = []


def parse(words: Sequence[str], environ: Mapping[str, str]) -> Arguments:
    """Understand the words after the program's name. Raises Misused."""
    asked = Arguments(environ.get("PARS_DESKTOP_PROFILE") or None)
    rest = list(words)
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option == "--":
            asked.link = _only_link(rest)
            return asked
        if option in ("--help", "-h", "--version"):
            asked.command, asked.rest = option.lstrip("-"), rest
            return asked
        if option == "--profile":
            asked.profile = rest.pop(0) if rest else ""
        elif option.startswith("--profile="):
            asked.profile = option.removeprefix("--profile=")
        else:
            raise Misused("There is no such option. Try --help.")
        if not asked.profile:
            raise Misused("--profile needs a folder.")
    if rest and rest[0] in COMMANDS and rest[1:] == ["--help"]:
        asked.command = "help"
    elif rest and rest[0] in COMMANDS:
        asked.command, asked.rest = rest[0], rest[1:]
    else:
        asked.link = _only_link(rest)
    return asked


class Words:
    """The words after a command, sorted."""

    __slots__ = ("flags", "plain", "values")

    def __init__(self) -> None:
        self.plain: list[str] = []
        self.values: dict[str, str] = {}
        self.flags: set[str] = set()

    def only(self, wanted: str) -> str:
        """The one plain word. Raises Misused, which says what was wanted."""
        if len(self.plain) != 1 or not self.plain[0]:
            raise Misused(f"Expected one {wanted}. Try --help.")
        return self.plain[0]


def sort(words: Sequence[str], options: Sequence[str], flags: Sequence[str] = ()) -> Words:
    """Tell apart `--option VALUE` or `--option=VALUE`, flags, and the rest. Raises Misused."""
    found, rest = Words(), list(words)
    while rest:
        word, equals, value = rest.pop(0).partition("=")
        if not word.startswith("--"):
            found.plain.append(word + equals + value)
        elif word in flags and not equals:
            found.flags.add(word)
        elif word in flags:
            raise Misused(f"{word} takes no value.")
        elif word not in options:
            name = f"option {word}" if _is_named(word) else "such option"
            raise Misused(f"There is no {name}. Try --help.")
        elif not (equals or rest):
            raise Misused(f"{word} needs a value. Try --help.")
        else:
            found.values[word] = value if equals else rest.pop(0)
    return found


def _is_named(word: str) -> bool:
    """It can be repeated: it looks like an option, and not like a secret or a line of orders."""
    letters = word.removeprefix("--").replace("-", "")
    return letters.isascii() and letters.isalpha() and len(letters) <= _LONGEST_OPTION


def is_link(text: str) -> bool:
    """It looks like a link we are ever handed; whether it makes sense is for domain/uri."""
    return text[:6].lower().startswith(("xmpp:", "https:"))


def _only_link(words: Sequence[str]) -> str | None:
    if not words:
        return None
    if len(words) > 1 or not is_link(words[0]):
        raise Misused(
            "Expected one link, beginning with xmpp: or https:, or a command. Try --help."
        )
    try:
        size = len(words[0].encode())
    except UnicodeEncodeError:  # bytes that are not UTF-8 reach us as lone surrogates
        raise Misused("The link is not valid text.") from None
    if size > LONGEST_LINK:
        raise Misused("The link is too long.")
    return words[0]
