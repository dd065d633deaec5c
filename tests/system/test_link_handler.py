"""Opening xmpp: links with this program: asked for, quoted correctly, and undone completely."""

import asyncio
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pars_desktop.base.resources import resource
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.system import desktop_entry
from pars_desktop.system.link_handler import LinkHandler
from pars_desktop.system.paths import APP_ID, Paths
from tests.system.conftest import ROOT, pars

LINK = "xmpp:romeo@montague.example?roster;preauth=a%3Bb;name=J%C3%BC+$(id)"
ENTRY = f"{APP_ID}.desktop"

# Recorder: stands in for the program at an odd place, and writes down what it is given.
RECORDER = """#!/bin/sh
printf '%s\\n' "$@" > "$RECORD.part" && mv "$RECORD.part" "$RECORD"
"""


def desktop_tool(*words):
    """A tool of the desktop, without a desktop around it."""
    done = subprocess.run(
        words,
        env=os.environ | {"DISPLAY": ":none"},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def glib(*words):
    return desktop_tool(sys.executable, str(ROOT / "tests/system/glib.py"), *words)


def entry_of(home):
    return home / ".local/share/applications" / ENTRY


def lists(home):
    return home / ".config/mimeapps.list"


@pytest.fixture
def handler(home, paths):
    return LinkHandler(paths)


@pytest.fixture
def rival(home):
    """Another program of this machine that opens xmpp: links."""
    applications = home / "system/applications"
    applications.mkdir(parents=True)
    (applications / "org.rival.desktop").write_text(
        "[Desktop Entry]\nType=Application\nName=Rival Chat\nExec=true %u\n"
        "MimeType=x-scheme-handler/xmpp;\n"
    )
    desktop_tool("update-desktop-database", str(applications))
    return "org.rival.desktop"


def test_the_entry_we_ship_is_valid_and_keeps_links_apart_from_options():
    shipped = resource("desktop", ENTRY)
    assert desktop_tool("desktop-file-validate", str(shipped)) == ""
    assert desktop_entry.value_of(shipped, "Exec") == "pars-desktop -- %u"
    assert desktop_entry.value_of(shipped, "MimeType") == "x-scheme-handler/xmpp;"
    assert desktop_entry.value_of(shipped, "Icon") == APP_ID


async def test_xdg_open_brings_a_link_to_the_running_copy(running, home, paths):
    done = await asyncio.to_thread(pars, "--profile", str(paths.profile), "register-handler")
    assert (done.returncode, done.stdout) == (0, "Pars opens xmpp: links now.\n")
    assert desktop_tool("desktop-file-validate", str(entry_of(home))) == ""
    assert desktop_tool("xdg-mime", "query", "default", "x-scheme-handler/xmpp") == ENTRY
    assert glib("default") == ENTRY
    await asyncio.to_thread(desktop_tool, "xdg-open", LINK)
    await asyncio.to_thread(glib, "launch", str(entry_of(home)), LINK + "2")
    for _ in range(500):
        if len(running) == 2:
            break
        await asyncio.sleep(0.01)
    assert [link for _, link, _ in running] == [LINK, LINK + "2"]


def test_icons_are_installed_where_every_theme_finds_them_and_removed_again(home, handler):
    assert handler.register()
    theme = home / ".local/share/icons/hicolor"
    icons = sorted(path.relative_to(theme) for path in theme.rglob("*.*"))
    assert Path(f"scalable/apps/{APP_ID}.svg") in icons
    assert {Path(f"{size}x{size}/apps/{APP_ID}.png") for size in (16, 32, 48, 128)} <= {*icons}
    handler.unregister()
    assert not list(theme.rglob("*.*"))
    assert not entry_of(home).exists()


@pytest.mark.parametrize(
    "name",
    [
        "with space",
        "quote\"s and 'others'",
        "per%cent %u %%",
        "dollar $HOME `id` $(id)",
        "back\\slash\\n and \\s",
        "; & | < > ~ * ? # ( )",
        "tab\tand\nnewline",
        "ünïcode 🜂",
    ],
)
def test_u14_any_install_path_is_quoted_so_that_exactly_it_is_started(
    home, paths, monkeypatch, name
):
    folder = home / name
    folder.mkdir()
    program = folder / "pars-desktop"
    program.write_text(RECORDER)
    program.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(program)])
    monkeypatch.setenv("RECORD", str(home / "record"))
    paths = Paths.of(str(folder))
    assert LinkHandler(paths).register()
    assert desktop_tool("desktop-file-validate", str(entry_of(home))) == ""
    glib("launch", str(entry_of(home)), LINK)
    deadline = time.monotonic() + 10
    while not (home / "record").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert (home / "record").read_text() == f"--profile\n{folder}\n--\n{LINK}\n"
    assert glib("default") == ENTRY  # TryExec names the program too


def test_the_quoting_of_the_specification():
    assert desktop_entry.exec_value(["/usr/bin/a", "--b"]) == "/usr/bin/a --b"
    assert desktop_entry.exec_value(["/a b"]) == '"/a b"'
    assert desktop_entry.exec_value(["a$b"]) == '"a\\\\$b"'
    assert desktop_entry.exec_value(["a\\b"]) == '"a\\\\\\\\b"'
    assert desktop_entry.exec_value(["a", "100%", ""]) == 'a 100%% ""'


@pytest.mark.parametrize("started_as", ["pars-desktop", "pars"])
def test_an_installed_program_is_registered_under_its_own_script(
    home, monkeypatch, started_as, handler
):
    monkeypatch.setattr(sys, "argv", [str(home / "bin" / started_as)])
    assert desktop_entry.own_command(None) == (str(home / "bin/pars-desktop"),)


def test_a_checkout_is_registered_with_this_interpreter_and_a_safe_path(home):
    assert desktop_entry.own_command(None) == (
        sys.executable,
        "-P",
        str(ROOT / "pars_desktop/__main__.py"),
    )
    assert desktop_entry.own_command(home)[-2:] == ("--profile", str(home))


def test_u14_nothing_is_taken_from_another_program_without_a_yes(home, rival, handler):
    assert handler.current_default() == "Rival Chat"
    before = sorted(home.rglob("*"))
    done = pars("register-handler")
    assert done.returncode == 1
    assert "Rival Chat" in done.stdout
    assert "--yes" in done.stdout
    assert "Rival Chat" in done.stderr
    assert sorted(home.rglob("*")) == before
    assert pars("register-handler", "--yes").returncode == 0
    assert glib("default") == ENTRY
    assert pars("register-handler").returncode == 0  # ours already: nothing to ask


@pytest.mark.parametrize(
    "before",
    [
        None,
        "[Default Applications]\nx-scheme-handler/xmpp=org.rival.desktop\n",
        "[Default Applications]\nx-scheme-handler/xmpp=org.rival.desktop;other.desktop;\n",
        "# mine\n[Added Associations]\na/b=c.desktop;\n\n[Default Applications]\n"
        "text/html=web.desktop\nx-scheme-handler/xmpp=org.rival.desktop;\n\n"
        "[Removed Associations]\nx-scheme-handler/xmpp=gone.desktop;\n",
        "[Default Applications]\ntext/html=web.desktop\n",
        "[Added Associations]\nx-scheme-handler/xmpp=org.rival.desktop;\n",
    ],
)
def test_u14_unregister_restores_what_was_there(home, rival, handler, before):
    if before is not None:
        lists(home).parent.mkdir()
        lists(home).write_text(before)
    for _ in range(2):  # the second time changes nothing
        assert handler.register()
    assert handler.is_default()
    assert handler.current_default() is None
    assert desktop_tool("xdg-mime", "query", "default", "x-scheme-handler/xmpp") == ENTRY
    assert glib("default") == ENTRY
    done = pars("unregister-handler")
    assert (done.returncode, done.stdout) == (0, "Rival Chat opens xmpp: links now.\n")
    assert (lists(home).read_text() if lists(home).exists() else None) == before
    assert desktop_tool("xdg-mime", "query", "default", "x-scheme-handler/xmpp") == rival
    assert glib("default") == rival


def test_unregister_leaves_a_later_choice_of_the_person_alone(home, rival, handler):
    assert handler.register()
    desktop_tool("xdg-mime", "default", rival, "x-scheme-handler/xmpp")
    assert not handler.is_default()
    assert handler.current_default() == "Rival Chat"
    chosen = lists(home).read_text()
    handler.unregister()
    assert lists(home).read_text() == chosen


def test_u14_when_the_program_is_gone_the_one_before_opens_links_again(
    home, rival, paths, monkeypatch
):
    program = home / "pars-desktop"
    program.write_text(RECORDER)
    program.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(program)])
    desktop_tool("xdg-mime", "default", rival, "x-scheme-handler/xmpp")
    handler = LinkHandler(paths)
    assert handler.register()
    program.unlink()
    assert not handler.is_default()
    assert handler.current_default() == "Rival Chat"
    assert glib("default") == rival


def test_an_entry_for_a_program_elsewhere_is_not_us(home, paths, handler, monkeypatch):
    assert handler.register()
    monkeypatch.setattr(sys, "argv", ["/opt/other/pars-desktop"])
    assert not handler.is_default()
    assert not LinkHandler(Paths.of(str(home / "other profile"))).is_default()


def test_a_list_for_one_desktop_counts_first_and_is_changed_too(home, rival, paths, monkeypatch):
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "Fancy:GNOME")
    special = home / ".config/gnome-mimeapps.list"
    special.parent.mkdir()
    text = "[Default Applications]\nx-scheme-handler/xmpp=org.rival.desktop\n"
    special.write_text(text)
    handler = LinkHandler(paths)
    assert handler.register()
    assert glib("default") == ENTRY
    handler.unregister()
    assert special.read_text() == text


def test_a_linked_list_stays_a_link_and_keeps_its_mode(home, handler):
    lists(home).parent.mkdir()
    (home / "dotfiles").write_text("[Added Associations]\n")
    (home / "dotfiles").chmod(0o640)
    lists(home).symlink_to(home / "dotfiles")
    assert handler.register()
    assert lists(home).is_symlink()
    assert ENTRY in (home / "dotfiles").read_text()
    assert stat.S_IMODE((home / "dotfiles").stat().st_mode) == 0o640


def test_u14_no_permission_is_said_with_what_to_do(home, handler):
    (home / ".local/share").mkdir(parents=True)
    (home / ".local/share/applications").write_text("in the way, as a lack of permission would be")
    with pytest.raises(StorageFailed):
        handler.register()
    done = pars("register-handler")
    assert done.returncode == 1
    assert str(home / ".local/share/applications") in done.stderr
    assert done.stderr.count("\n") == 1
    assert not lists(home).exists()


def test_register_reads_back_whether_it_worked(home, handler, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/gone/pars-desktop"])  # TryExec will not find it
    assert handler.register() is False
