"""What is written down carries no password, no token and no text of a message."""

import logging
import os
import stat
import subprocess
import sys
import threading

import pytest

from pars_desktop.system import crash, logs
from tests.system.conftest import ROOT


@pytest.fixture
def log(tmp_path):
    """A log in use; calling it gives what was written. Everything is put back afterwards."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook, sys.unraisablehook)
    level, raising = root.level, logging.raiseExceptions
    capped = {name: logging.getLogger(name).level for name in (*logs._CAPPED, "slixmpp.xmlstream")}
    handler = logs.start(tmp_path)
    yield (tmp_path / "pars.log").read_text
    root.removeHandler(handler)
    handler.close()
    root.setLevel(level)
    logging.raiseExceptions = raising
    for name, before in capped.items():
        logging.getLogger(name).setLevel(before)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


SECRETS = [
    "xmpp:a@b.example?roster;preauth=SECRET;name=x",
    "XMPP:a@b.example?message;body=SECRET%20text",
    "https://join.example/i/#a@b.example?register;preauth=SECRET",
    "password=SECRET",
    "password: 'SECRET and more'",
    '{"token": "SECRET", "jid": "a@b"}',
    "Link(jid=JID('a'), token='SECRET', name='x', body='SECRET text')",
    repr({"body": 'it\'s "quoted" and SECRET'}),
    "<message to='a@b'><body>SECRET text\nof two lines</body></message>",
    "<auth mechanism='PLAIN'>SECRET==</auth>",
    "<sasl:response xmlns:sasl='x'>SECRET==</sasl:response>",
    "<presence type='subscribe'><preauth xmlns='urn:xmpp:pars:0' token='SECRET'/></presence>",
    "<message><body>SECRET cut off",
]


@pytest.mark.parametrize("text", SECRETS)
def test_secrets_are_redacted_in_messages_arguments_and_tracebacks(log, errors_logged, text):
    mine = logging.getLogger("pars_desktop.test")
    mine.warning("got %s", text)
    mine.warning(text.replace("%", "%%"))
    try:
        raise ValueError(text)
    except ValueError:
        mine.exception("it failed")
    errors_logged.clear()
    written = log()
    assert written.count("pars_desktop.test") == 3
    assert "Traceback" in written
    assert "SECRET" not in written


def test_what_is_needed_to_find_a_mistake_stays(log):
    logging.getLogger("pars_desktop.test").info("romeo@montague.example: retry in %s s", 3)
    assert "INFO pars_desktop.test: romeo@montague.example: retry in 3 s" in log()


def test_slixmpp_is_not_heard_below_warning_and_its_xml_is_cut_off(log, errors_logged):
    slixmpp = logging.getLogger("slixmpp.xmlstream.xmlstream")
    slixmpp.debug("SEND: %s", "<auth>SECRET</auth>")
    slixmpp.info("SECRET")
    slixmpp.setLevel(logging.DEBUG)  # as some code might
    slixmpp.debug("SEND: %s", "<message><note>SECRET</note></message>")
    slixmpp.setLevel(logging.NOTSET)
    slixmpp.error("Parse error: %r", b"<message><note>SECRET")
    errors_logged.clear()
    written = log()
    assert "SECRET" not in written
    assert "Parse error: b'<…>" in written


def test_l8_the_files_are_private_and_stay_small(tmp_path, log):
    folder = tmp_path / "small"
    folder.mkdir()
    before = os.umask(0)
    handler = logs.start(folder, size=2000)
    try:
        for number in range(200):
            logging.getLogger("pars_desktop.test").warning("line %s %s", number, "x" * 100)
    finally:
        os.umask(before)
        logging.getLogger().removeHandler(handler)
        handler.close()
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == ["pars.log", *(f"pars.log.{n}" for n in (1, 2, 3))]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert all(file.stat().st_size <= 2000 for file in files)


def test_without_the_folder_the_program_runs_on(tmp_path, log):
    handler = logs.start(tmp_path / "no such folder")
    logging.getLogger("pars_desktop.test").warning("password=SECRET")
    logging.getLogger().removeHandler(handler)
    assert "password=…" in log()


def test_the_last_words_reach_the_log_without_values(tmp_path, log, errors_logged, monkeypatch):
    monkeypatch.setattr(crash.faulthandler, "enable", lambda *_, **__: None)  # it is pytest's
    crash.install(tmp_path)
    secret = "SEC" + "RET"

    def fails(password):
        raise RuntimeError(f"password={password}")

    try:
        fails(secret)
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    thread = threading.Thread(target=fails, args=(secret,))
    thread.start()
    thread.join()
    context = {"message": "boom", "exception": ValueError(f"token={secret}"), "future": secret}
    crash.loop_handler(None, context)
    errors_logged.clear()
    written = log()
    assert written.count("nobody caught this") == 2
    assert "in the event loop: boom" in written
    assert written.count("in fails") == 2
    assert secret not in written


def test_a_crash_of_the_interpreter_leaves_a_private_file(tmp_path):
    code = (
        "import sys, os; from pathlib import Path\n"
        "from pars_desktop.system import crash\n"
        "os.umask(0); crash.install(Path(sys.argv[1]))\n"
        "password = 'SECRET'\n"
        "import faulthandler; faulthandler._sigsegv()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode < 0
    file = tmp_path / "crash.log"
    assert "Segmentation fault" in file.read_text()
    assert "SECRET" not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
