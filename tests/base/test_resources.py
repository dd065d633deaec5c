"""Files that we ship are found in a checkout and in an installed package."""

import pytest

from pars_desktop.base import resources
from pars_desktop.base.resources import resource


def test_resources_come_from_the_checkout_around_the_package():
    assert resource("icons", "pars.svg").is_file()
    assert resource("desktop", "org.pars_desktop.Pars.desktop").is_file()
    with pytest.raises(FileNotFoundError):
        resource("icons", "no such icon.svg")


def test_resources_come_from_the_installed_package_first(tmp_path, monkeypatch):
    package = tmp_path / "site-packages" / "pars_desktop"
    shipped = package / "resources" / "icons" / "pars.svg"
    shipped.parent.mkdir(parents=True)
    shipped.write_text("<svg/>")
    (tmp_path / "site-packages" / "resources" / "icons").mkdir(parents=True)
    (tmp_path / "site-packages" / "resources" / "icons" / "pars.svg").write_text("not ours")
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resource("icons", "pars.svg") == shipped
