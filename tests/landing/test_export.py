"""`pars-desktop export-landing-page DIR`: the page as files for any web server."""

import pytest

from pars_desktop.base.resources import resource
from pars_desktop.system import landing_page
from tests.system.conftest import pars

FILES = {path.name: path.read_bytes() for path in resource("landing").iterdir()}


def written(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def modes(*paths):
    return {path.stat().st_mode & 0o777 for path in paths}


def test_all_files_are_written_for_everybody_to_read(tmp_path):
    folder = tmp_path / "www" / "i"
    done = pars("export-landing-page", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert written(folder) == FILES
    assert modes(*folder.iterdir()) == {0o644}
    assert modes(folder, folder.parent) == {0o755}
    assert str(folder) in done.stdout
    assert "index.html" in done.stdout
    assert "web server" in done.stdout


def test_a_download_address_is_the_only_thing_that_changes(tmp_path):
    address = "https://pars.example/get?a=1&b=2"
    done = pars("export-landing-page", "--download", address, "page", cwd=tmp_path)
    assert done.returncode == 0
    index = written(tmp_path / "page").pop("index.html").decode()
    line = '<meta name="pars-download" content="https://pars.example/get?a=1&amp;b=2">'
    assert line in index
    empty = line.replace("https://pars.example/get?a=1&amp;b=2", "")
    assert index.replace(line, empty).encode() == FILES["index.html"]


@pytest.mark.parametrize(
    "address",
    [
        "http://pars.example/",
        "javascript:alert(1)",
        "https://",
        "https://me@pars.example/",
        "https://pars.example/ x",
        'https://pars.example/"><script>',
        "https://pars.example:port/",
        "https://[pars/",
    ],
)
def test_a_download_address_must_be_one_that_a_visitor_may_follow(address, tmp_path):
    done = pars("export-landing-page", "page", "--download", address, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--download is an https: address." in done.stderr
    assert not (tmp_path / "page").exists()


@pytest.mark.parametrize(
    "words", [(), ("a", "b"), ("",), ("a", "--page", "x"), ("a", "--download")]
)
def test_one_folder_is_expected(words, tmp_path):
    done = pars("export-landing-page", *words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_export_is_replaced_beside_what_else_is_there(tmp_path):
    landing_page.export(tmp_path, "https://pars.example/")
    (tmp_path / "page.js").write_text("old")
    (tmp_path / "mine.html").write_text("mine")
    landing_page.export(tmp_path)
    assert written(tmp_path) == FILES | {"mine.html": b"mine"}


@pytest.mark.parametrize("name", ["index.html", "pars.svg"])
def test_a_file_that_is_not_ours_is_not_overwritten(name, tmp_path):
    (tmp_path / name).write_text("mine")
    done = pars("export-landing-page", tmp_path)
    assert done.returncode == 1
    assert name in done.stderr
    assert "not ours" in done.stderr
    assert written(tmp_path) == {name: b"mine"}


def test_a_link_to_somewhere_else_is_not_followed(tmp_path):
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "words.js").symlink_to(tmp_path / "nowhere.js")
    with pytest.raises(FileExistsError):
        landing_page.export(tmp_path / "page")
    assert not (tmp_path / "nowhere.js").exists()


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "page").write_text("mine")
    done = pars("export-landing-page", tmp_path / "page")
    assert done.returncode == 1
    assert "page cannot be used" in done.stderr


def test_the_vendored_script_comes_with_its_licence():
    assert b"Copyright (c) 2009 Kazuhiko Arase" in FILES["qrcode.js"]
    assert b"MIT license" in FILES["qrcode.js"]
    assert b"qrcode.js is QR Code Generator" in FILES["LICENSES.txt"]
    assert b"Permission is hereby granted" in FILES["LICENSES.txt"]
