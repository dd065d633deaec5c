"""Log files without passwords, tokens or bodies.

What we log ourselves carries none to begin with; this is the second line of defence, for texts
that come from libraries and exceptions. slixmpp writes whole stanzas at DEBUG, login included,
so it is not heard below WARNING, and what it says about XML is cut off there.
"""

import logging
import os
import re
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

_SIZE = 1_000_000  # bytes per file
_KEPT = 3
_CAPPED = ("slixmpp", "asyncio", "aiodns", "secretstorage", "jeepney", "keyring")

_SECRETS = (
    # links: everything after the address
    (re.compile(r"(xmpp:[^\s?#]*[?#])[^\s\"'<>]+", re.IGNORECASE), r"\1…"),
    (re.compile(r"(https?://[^\s?#\"'<>]*[?#])[^\s\"'<>]+", re.IGNORECASE), r"\1…"),
    # key=value, key: value and 'key': 'value'
    (
        re.compile(
            r"\b(preauth|token|password|passwd|pwd|secret|body|subject)\b"
            r"([\"']?\s*[=:]\s*)"
            r"(\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[^\s,;&)>}\]]+)",
            re.IGNORECASE,
        ),
        r"\1\2…",
    ),
    # elements that hold a text or a credential
    (
        re.compile(
            r"(<(?:\w+:)?(body|subject|auth|response|challenge|success|password|token)\b[^>]*>)"
            r".*?(</|$)",
            re.IGNORECASE | re.DOTALL,
        ),
        r"\1…\3",
    ),
)


def start(folder: Path, *, size: int = _SIZE) -> logging.Handler:
    """Write what the program has to say below `folder`, in a few small files of mode 0600.

    Without the folder (full disk, no permission) the program runs on without a log file.
    """
    handler: logging.Handler
    try:
        handler = _PrivateFile(folder / "pars.log", size)
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(_is_fit_to_keep)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in _CAPPED:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.raiseExceptions = False  # a full disk is no reason to write the record to stderr
    return handler


def redacted(text: str) -> str:
    """The text without what looks like a password, a token or the text of a message."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


class _PrivateFile(RotatingFileHandler):
    """A log file that only its owner can read, whatever the umask."""

    def __init__(self, path: Path, size: int) -> None:
        super().__init__(path, maxBytes=size, backupCount=_KEPT, encoding="utf-8")

    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.fchmod(handle, 0o600)
        return os.fdopen(handle, "a", encoding="utf-8", errors="replace")


class _Redacting(logging.Formatter):
    """Writes a record, its traceback included, without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own name)
        if _library(record) == "slixmpp":
            record.message = re.sub(r"<.*", "<…>", record.message, flags=re.DOTALL)
        return super().formatMessage(record)


def _is_fit_to_keep(record: logging.LogRecord) -> bool:
    """Also where a library sets a level of its own."""
    return record.levelno >= logging.WARNING or _library(record) not in _CAPPED


def _library(record: logging.LogRecord) -> str:
    return record.name.partition(".")[0]
