"""Does the wheel work where nothing else of the project is? `python packaging/check_wheel.py`

Builds it, installs it into an empty environment, and uses it there from a foreign folder with a
private HOME: `inspect`, `register-handler` with icons, the entry's own command, the page for
invitations. Works offline: the build tools are those of the lock file, and the libraries the
program needs are lent from the environment this runs in, which does not hold the program itself.
"""

import os
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
LINK = "xmpp:romeo@montague.example?roster;preauth=abc"
LANDING = ROOT / "resources" / "landing"
ENTRY = "org.pars_desktop.Pars.desktop"
SHIPPED = {
    "pars_desktop/__main__.py",
    "pars_desktop/resources/icons/pars.svg",
    "pars_desktop/resources/landing/LICENSES.txt",
    "pars_desktop/resources/providers.json",
    f"pars_desktop/resources/desktop/{ENTRY}",
}


class Wrong(Exception):
    """The wheel is not as it should be; the text says how."""


def run(*words: str | Path, status: int = 0, **settings: object) -> str:
    """Run a command to its end and give its output. Raises Wrong."""
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False, **settings
    )
    if done.returncode != status:
        raise Wrong(f"{words[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def built(folder: Path) -> Path:
    """The wheel, built with the tools that are installed here."""
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder]
    run(*build, ROOT, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    if missing := SHIPPED - names:
        raise Wrong(f"the wheel lacks {sorted(missing)}")
    if not any(name.endswith("/licenses/LICENSES/Unicode-3.0.txt") for name in names):
        raise Wrong("the wheel lacks the licence of the Unicode data")
    foreign = {name for name in names if not name.startswith(("pars_desktop/", "pars_desktop-"))}
    if foreign:
        raise Wrong(f"the wheel would also install {sorted(foreign)}")
    return wheel


def installed(wheel: Path, folder: Path) -> Path:
    """An environment with the wheel, and the folder of its programs."""
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", wheel)
    packages = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(packages, "lent.pth").write_text("\n".join(sorted(lent)) + "\n")
    return folder / "bin"


def used(programs: Path, home: Path) -> None:
    """Do with it what a person would."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    at_home = {"env": kept | {"HOME": str(home)}, "cwd": home}
    where = run(programs / "python", "-c", "import pars_desktop as p; print(p.__file__)", **at_home)
    if not Path(where.strip()).is_relative_to(programs.parent):
        raise Wrong(f"the program came from {where}")
    for program in ("pars", "pars-desktop"):
        told = run(programs / program, "inspect", "--json", LINK, **at_home)
        if '"jid": "romeo@montague.example"' not in told:
            raise Wrong(f"{program} inspect said {told}")
        run(programs / program, "--debug", status=2, **at_home)
    run(programs / "pars", "register-handler", **at_home)
    shared = home / ".local" / "share"
    entry = shared / "applications" / ENTRY
    run("desktop-file-validate", entry)
    command = f"{programs}/pars-desktop -- %u"
    if f"\nExec={command}\n" not in entry.read_text():
        raise Wrong(f"the entry does not start {command}")
    icons = {path.parent.parent.name for path in shared.glob("icons/hicolor/*/apps/*.*")}
    if not {"scalable", "16x16", "48x48", "128x128"} <= icons:
        raise Wrong(f"the icons that were installed are {sorted(icons)}")
    kind = "x-scheme-handler/xmpp"
    default = run("xdg-mime", "query", "default", kind, **at_home).strip()
    if default != ENTRY:
        raise Wrong(f"xmpp: links would open with {default or 'nothing'}")
    run(programs / "pars", "export-landing-page", "page", **at_home)
    written = {path.name: path.read_bytes() for path in (home / "page").iterdir()}
    if written != {path.name: path.read_bytes() for path in LANDING.iterdir()}:
        raise Wrong(f"the page for invitations came out as {sorted(written)}")
    run(programs / "pars", "unregister-handler", **at_home)
    if entry.exists():
        raise Wrong("unregister-handler left the entry behind")


def main() -> int:
    """0 if all is well; otherwise 1 and a sentence."""
    with tempfile.TemporaryDirectory(prefix="pars-wheel-") as name:
        folder = Path(name)
        (folder / "home").mkdir(mode=0o700)
        try:
            wheel = built(folder)
            used(installed(wheel, folder / "environment"), folder / "home")
        except Wrong as error:
            print(f"The wheel does not work: {error}", file=sys.stderr)
            return 1
        print(f"{wheel.name} works.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
