"""Write the page that shows invitations (`resources/landing/`) for somebody's web server."""

from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from pars_desktop.base.files import replace
from pars_desktop.base.resources import resource

_OURS = '<meta name="generator" content="Pars invitation page">'
_DOWNLOAD = '<meta name="pars-download" content="{}">'


def export(folder: Path, download: str = "") -> list[Path]:
    """Write all files for everybody to read, and name them; download is where to get Pars.

    An earlier export is replaced; FileExistsError if a file there is not ours. Raises OSError.
    """
    files = {path.name: path.read_bytes() for path in sorted(resource("landing").iterdir())}
    index = files["index.html"].decode()
    chosen = _DOWNLOAD.format(escape(download))
    files["index.html"] = index.replace(_DOWNLOAD.format(""), chosen, 1).encode()
    _make(folder)
    if not _is_ours(folder):
        for name in files:
            if (folder / name).exists() or (folder / name).is_symlink():
                raise FileExistsError(17, "it is there already and not ours", str(folder / name))
    for name, data in files.items():
        replace(folder / name, data, mode=0o644)
    return [folder / name for name in files]


def is_download(address: str) -> bool:
    """Whether a visitor may be sent to address: https, with a host and without a user."""
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises for what is no port
    except ValueError:
        return False
    readable = address.isascii() and address.isprintable() and not set(" \"'<>\\`") & set(address)
    return readable and parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


def _make(folder: Path) -> None:
    """Make the folder and what is missing above it, for everybody to enter whatever the umask."""
    if not folder.is_dir():
        if folder.parent != folder:
            _make(folder.parent)
        folder.mkdir()
        folder.chmod(0o755)


def _is_ours(folder: Path) -> bool:
    index = folder / "index.html"
    return index.is_file() and _OURS.encode() in index.read_bytes()
