"""Where the files are that we ship."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resource(*parts: str) -> Path:
    """A file we ship: from the installed package, else from the checkout around it."""
    for root in (_PACKAGE / "resources", _PACKAGE.parent / "resources", _PACKAGE.parent):
        if (found := root.joinpath(*parts)).exists():
            return found
    raise FileNotFoundError("/".join(parts))
