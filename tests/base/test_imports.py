"""What is kept out of an import, and what is there again afterwards."""

import subprocess
import sys

import pytest

from pars_desktop.base.imports import kept_out

SLIXMPP = """
import sys
{first}
print(*(name for name in ("slixmpp", "aiodns", "pygments") if name in sys.modules))
import aiodns, pygments
"""


def test_inside_it_is_as_if_it_were_not_installed():
    with kept_out("this"), pytest.raises(ModuleNotFoundError):
        import this  # noqa: F401

    assert "this" not in sys.modules


def test_what_was_imported_before_stays():
    with kept_out("subprocess"):
        import subprocess as again

    assert again is subprocess is sys.modules["subprocess"]


@pytest.mark.parametrize(
    "first",
    [
        "import pars_desktop.xmpp.network",
        "from pars_desktop.domain.jid import JID; JID.parse('ü@ä.b')",
    ],
)
def test_slixmpp_brings_nothing_that_nobody_uses(first):
    done = subprocess.run(
        [sys.executable, "-c", SLIXMPP.format(first=first)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (done.stdout.split(), done.stderr) == (["slixmpp"], "")
