"""The list of providers: what we ship, and what becomes of a file that is none."""

import json
import logging
from datetime import date

import pytest

from pars_desktop.base.resources import resource
from pars_desktop.domain.jid import JID
from pars_desktop.domain.provider import Provider
from pars_desktop.system import providers


def test_the_list_we_ship_is_read_as_a_whole():
    listed = json.loads(resource("providers.json").read_text())
    found = providers.load()

    assert len(found) == len(listed["providers"]) >= 20
    assert len({each.domain for each in found}) == len(found)
    assert date.fromisoformat(listed["date"]).year >= 2026
    assert all(each.in_app or each.sign_up_page("en") for each in found)
    assert all(each.countries and each.since for each in found)


def test_its_licence_lies_beside_it():
    assert "CC0-1.0" in resource("providers.json.license").read_text()


def test_where_no_browser_is_needed_comes_first():
    in_app = [each.in_app for each in providers.load()]

    assert in_app == sorted(in_app, reverse=True)
    assert set(in_app) == {True, False}


def test_an_entry_says_what_a_person_wants_to_know(tmp_path):
    page = {"en": "https://a.test/en", "de": "https://a.test/de"}
    assert load(
        tmp_path,
        {
            "domain": "A.test",
            "in_app": True,
            "captcha": True,
            "countries": ["de", "fi"],
            "since": "2015-03-20",
            "free": True,
            "organization": "company",
            "sign_up_pages": page,
        },
    ) == (
        Provider(
            JID("", "a.test"),
            in_app=True,
            captcha=True,
            countries=("de", "fi"),
            since=date(2015, 3, 20),
            free=True,
            organization="company",
            sign_up_pages=page,
        ),
    )


def test_pages_are_shown_in_the_persons_language_if_there_is_one():
    pages = {"de": "https://a.test/de", "en": "https://a.test/en"}

    def page(language, pages):
        return Provider(JID("", "a.test"), in_app=False, sign_up_pages=pages).sign_up_page(language)

    assert page("de", pages) == pages["de"]
    assert page("tr", pages) == pages["en"]
    assert page("tr", {"fr": "x"}) == "x"
    assert page("de", {}) == ""


def test_only_what_can_be_read_is_shown(tmp_path, caplog):
    pages = {"en": "http://a.test", "de": "javascript:alert(1)", "fr": "https://a.test"}
    good = {"domain": "a.test", "sign_up_pages": pages}
    bad = [{"domain": "a b"}, {}, "text", None, {"domain": "c.test", "since": "yesterday"}]
    bad += [{"domain": "d.test", "sign_up_pages": {"en": "https://[d"}}]
    with caplog.at_level(logging.WARNING):
        found = load(tmp_path, *bad, good)

    assert [str(each.domain) for each in found] == ["a.test"]
    assert found[0].sign_up_pages == {"fr": "https://a.test"}
    assert len(caplog.records) == len(bad)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"providers": 1}', "\xff"])
def test_a_file_that_is_no_list_is_like_an_empty_one(tmp_path, text):
    path = tmp_path / "providers.json"
    path.write_text(text, encoding="latin-1")

    assert providers.load(path) == ()
    assert providers.load(tmp_path / "missing.json") == ()


def load(folder, *entries):
    path = folder / "providers.json"
    path.write_text(json.dumps({"providers": entries}))
    return providers.load(path)
