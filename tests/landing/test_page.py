"""What a visitor of the page is shown: who invites, what the link is, what to install."""

from urllib.parse import quote

import pytest
from selenium.webdriver.common.by import By

from pars_desktop.domain.landing import web_link
from pars_desktop.system import landing_page
from tests.landing.browser import serving

INVITATION = "xmpp:romeo@montague.example?roster;preauth=1tMFqYDdKhfe2pwp;name=Romeo%20Montague"
JOINS = INVITATION.replace(";name", ";ibr=y;name")
FRAGMENT = web_link(INVITATION, "")
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130 Mobile"
SYSTEMS = {
    "Android": ANDROID,
    "iPhone, iPad": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15",
    "Linux": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "macOS": "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 Version/18 Safari",
}


def named(name):
    return web_link(f"xmpp:romeo@montague.example?roster;preauth=T;name={quote(name)}", "")


def programs(browser, where="mine"):
    rows = browser.find(where).find_elements(By.CSS_SELECTOR, "a")
    return {row.get_property("textContent"): row.get_attribute("href") for row in rows}


def test_an_invitation_shows_address_name_button_and_help(visit):
    browser = visit(FRAGMENT)
    assert browser.driver.title == "Invitation to chat"
    assert browser.said("heading") == "You are invited to chat"
    assert browser.said("address") == "romeo@montague.example"
    assert browser.said("name") == "Suggested name: Romeo Montague"
    assert browser.said("open") == "Open the invitation"
    assert browser.link() == INVITATION
    assert browser.said("warnings") == browser.said("ascii") == ""
    assert "telephone number" in browser.said("what-xmpp")
    assert not browser.find("refused").is_displayed()


@pytest.mark.parametrize(
    ("fragment", "heading", "role", "button"),
    [
        ("romeo@b.test?roster", "You are invited to chat", "From", "Open the link"),
        ("romeo@b.test?;preauth=T", "You are invited to chat", "From", "Open the invitation"),
        ("b.test?register;preauth=T", "You are invited to open an account", "On the server", ""),
        ("a@b.test?register;preauth=T", "You are invited to open an account", "Your new addr", ""),
        ("romeo@b.test?message;body=hi", "Write to somebody", "To", "Open the link"),
        (
            "room@b.test?join",
            "You are invited to a group chat",
            "Group chat",
            "Open the invitation",
        ),
    ],
)
def test_each_kind_of_link_is_named_for_what_it_is(visit, fragment, heading, role, button):
    browser = visit(fragment)
    assert browser.said("heading") == heading
    assert browser.said("role").startswith(role)
    assert browser.said("open") == (button or "Open the invitation")


@pytest.mark.parametrize(
    ("fragment", "sentence"),
    [
        ("", "here nothing follows"),
        ("TOKEN", "no invitation"),
        ("javascript:alert(1)", "no invitation"),
        ("javascript:alert(1)//a@b.example?roster", "not a valid address"),
        ("?roster", "whose address"),
        ("ro%00meo@b.example?roster", "not a valid address"),
        ("romeo@b.example?login;password=secret", "carries a password"),
        ("//romeo:secret@b.example", "carries a password"),
        ("romeo@b.example?remove", "something other than an invitation"),
        ("b.example?command;node=x", "something other than an invitation"),
        ("romeo@b.example?roster;name=" + "x" * 66_000, "longer than any invitation"),
    ],
)
def test_what_is_no_invitation_gets_a_plain_sentence_and_no_button(visit, fragment, sentence):
    browser = visit(fragment)
    assert browser.said("bad-heading") == "This is no invitation"
    assert sentence in browser.said("bad-reason")
    assert not browser.find("open").is_displayed()
    assert browser.link() is None
    assert browser.run("return document.querySelectorAll('a[href]').length") == 0
    assert "secret" not in browser.run("return document.documentElement.outerHTML")


def test_another_link_in_the_same_tab_replaces_what_is_shown(visit):
    browser = visit(FRAGMENT)
    wait = (
        "const done = arguments[1]; addEventListener('hashchange', () => setTimeout(done), {once:"
    )
    wait += " true}); location.hash = arguments[0];"
    browser.driver.execute_async_script(wait, "juliet@capulet.example?roster")
    assert browser.said("address") == "juliet@capulet.example"
    assert browser.said("name") == ""
    browser.driver.execute_async_script(wait, "nothing")
    assert browser.link() is None
    assert browser.find("code").get_property("childElementCount") == 0


@pytest.mark.parametrize(
    "name",
    [
        "<img src=x onerror=document.title='taken'>",
        "<script>document.title='taken'</script>",
        "{address} ${location}",
        "javascript:alert(1)",
        "&lt;b&gt;",
        "R" * 100,
    ],
)
def test_u7_a_hostile_name_is_text_and_nothing_else(visit, name):
    browser = visit(named(name))
    assert browser.said("name") == f"Suggested name: {name}"
    assert browser.find("name").get_property("childElementCount") == 0
    assert browser.driver.title == "Invitation to chat"
    assert browser.link().startswith("xmpp:romeo@montague.example?roster;preauth=T;name=")


def test_u7_what_nobody_sees_is_taken_out_of_a_name_and_a_long_one_is_cut(visit):
    browser = visit(named("\u202etne\u200bgA" + "x" * 10_000))
    assert browser.said("name") == "Suggested name: tnegA" + "x" * 95
    assert "%E2%80" not in browser.link()
    assert len(browser.link()) < 200


def test_u7_a_name_that_is_an_address_or_mixes_alphabets_is_not_shown(visit):
    browser = visit(named("juliet@capulet.example"))
    assert browser.said("name") == ""
    assert "Only the address shown here counts." in browser.said("warnings")
    assert "capulet" not in browser.run("return document.body.textContent")
    browser = visit(named("Rоmeo"))  # a Cyrillic letter
    assert browser.said("name") == ""
    assert "Only the address counts." in browser.said("warnings")


def test_an_address_of_mixed_alphabets_is_warned_about_and_spelled_in_plain_letters(visit):
    browser = visit(quote("romeo@mоntague.example?roster;preauth=T"))
    assert "different alphabets" in browser.said("warnings")
    assert browser.said("ascii") == "In plain letters: romeo@xn--mntague-9ig.example"


def test_a_damaged_token_is_told(visit):
    browser = visit("romeo@b.example?roster;preauth=A;preauth=B")
    assert "damaged" in browser.said("warnings")
    assert browser.said("lead").startswith("Open the link in a chat program to ask")
    assert browser.link() == "xmpp:romeo@b.example?roster"


def test_copy_link_puts_the_link_on_the_clipboard_and_says_so(visit, server):
    browser = visit(FRAGMENT)
    allowed = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    browser.tell("Browser.grantPermissions", origin=server.page, permissions=allowed)
    browser.find("copy").click()
    copied = "navigator.clipboard.readText().then(arguments[0], (e) => arguments[0](`${e}`))"
    assert browser.driver.execute_async_script(copied) == INVITATION
    assert browser.said("copied") == "Copied"


@pytest.mark.parametrize("system", SYSTEMS)
def test_programs_for_the_visitors_system_come_first_and_all_others_on_request(
    browser, visit, system
):
    browser.language("en", agent=SYSTEMS[system])
    visit(FRAGMENT)
    assert browser.find("mine").text.splitlines()[0] == system
    assert "Pars" not in programs(browser) | programs(browser, "all")
    assert not browser.find("all").is_displayed()
    browser.find("others-label").click()
    shown = browser.find("all").text
    assert all((other in shown) == (other != system) for other in SYSTEMS)


def test_a_system_nobody_knows_is_shown_all_programs(browser, visit):
    browser.language("en", agent="Kettle/1.0")
    visit(FRAGMENT)
    assert all(system in browser.find("all").text for system in SYSTEMS)


def test_a_server_that_gives_accounts_is_named_and_so_are_the_programs_that_can(browser, visit):
    browser.language("en", agent=ANDROID)
    visit(web_link(JOINS, ""))
    assert "one at montague.example can be made through this same" in browser.said("steps")
    plain = browser.said("steps").translate({0x2068: None, 0x2069: None})
    assert "With a program that “makes the account, too” you need none" in plain
    assert "In any other, open an account first" in plain
    assert "You need no account" not in plain
    assert "Conversations makes the account, too" in " ".join(browser.find("mine").text.split())
    browser.language("en", agent=SYSTEMS["Windows"])
    visit(web_link(JOINS, ""))
    assert "found below the other systems" in browser.said("steps")
    visit(FRAGMENT)
    assert "this same invitation" not in browser.said("steps")


def test_pars_is_offered_where_the_page_says_where_to_get_it(browser, tmp_path):
    download = "https://pars.example/get?a=1&b=2"
    landing_page.export(tmp_path, download)
    with serving(tmp_path) as server:
        browser.visit(server.page, FRAGMENT)
        assert programs(browser)["Pars"] == download
