"""The page can be read on every screen, in both themes, in every language, without a mouse."""

import base64
import re
from urllib.parse import quote

import pytest
import zxingcpp
from PySide6.QtGui import QImage
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from pars_desktop.base.resources import resource
from pars_desktop.domain.landing import web_link

INVITATION = "xmpp:romeo@montague.example?roster;preauth=1tMFqYDdKhfe2pwp;name=Romeo%20Montague"
JOINS = INVITATION.replace(";name", ";ibr=y;name")
FRAGMENT = web_link(INVITATION, "")


def codes(png):
    """The texts of the QR codes in a picture."""
    image = QImage.fromData(base64.b64decode(png)).convertToFormat(QImage.Format.Format_Grayscale8)
    grey = memoryview(image.constBits()).cast("B", (image.height(), image.bytesPerLine()))
    found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in found]


def wide(browser):
    return browser.run("return document.documentElement.scrollWidth")


def test_the_address_is_larger_than_everything_that_the_link_says(visit):
    browser = visit(FRAGMENT)
    sizes = {
        name: float(browser.find(name).value_of_css_property("font-size").removesuffix("px"))
        for name in ("address", "name", "heading", "lead")
    }
    assert all(sizes["address"] > sizes[name] for name in ("name", "heading", "lead"))


@pytest.mark.parametrize("link", [INVITATION, JOINS, "xmpp:b.example?register;preauth=T"])
@pytest.mark.parametrize("languages", [("en-GB",), ("de-DE",)])
def test_a_screen_of_320_pixels_needs_no_scrolling_sideways(browser, visit, link, languages):
    browser.language(*languages)
    browser.size(320, 600)
    visit(web_link(link, ""))
    browser.find("others-label").click()
    assert wide(browser) == 320


def test_long_words_are_broken_rather_than_pushed_out_of_the_screen(browser, visit):
    browser.size(320, 600)
    visit(f"{'r' * 500}@{'m' * 60}.example?roster;preauth=T;name={'N' * 100}")
    assert wide(browser) == 320
    visit("TOKEN")
    assert wide(browser) == 320


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "scale"), [(1000, 1), (320, 1), (390, 3)])
@pytest.mark.parametrize(
    "link", [INVITATION, "xmpp:caf%C3%A9@b.example?roster;preauth=" + "T" * 600]
)
def test_the_code_on_the_screen_is_the_link_that_the_button_opens(
    browser, visit, theme, width, scale, link
):
    browser.theme(theme)
    browser.size(width, 700, scale)
    visit(web_link(link, ""))
    assert browser.link() == link
    assert codes(browser.picture()) == [link]


def test_a_link_that_no_code_can_hold_is_shown_without_one(visit):
    browser = visit(f"romeo@b.example?message;body={'x' * 3000}")
    assert not browser.find("scan").is_displayed()
    assert browser.said("open") == "Open the link"


def test_light_and_dark_follow_the_system_and_can_be_read(browser, visit):
    seen = {}
    for theme in ("light", "dark"):
        browser.theme(theme)
        visit(quote("romeo@mоntague.example?roster"))
        for name, under in [
            ("address", ".card"),
            ("role", ".card"),
            ("what-xmpp", "body"),
            ("footer", "body"),
            ("open", "#open"),
            ("copy", ".card"),
            ("warnings", "#warnings"),
        ]:
            pair = [
                browser.run(
                    "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]",
                    *where,
                )
                for where in ((f"#{name}", "color"), (under, "backgroundColor"))
            ]
            assert contrast(*pair) >= 4.5, (theme, name, pair)
            seen[theme, name] = pair
    assert seen["light", "what-xmpp"][1] == "rgb(244, 245, 247)"
    assert seen["dark", "what-xmpp"][1] == "rgb(21, 23, 26)"


def contrast(one, other):
    """WCAG 2, of two colours as rgb(r, g, b)."""

    def light(colour):
        parts = [int(number) / 255 for number in re.findall(r"\d+", colour)[:3]]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted([light(one), light(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (("de-AT", "en"), "de"),
        (("fr", "de"), "de"),
        (("fr", "en", "de"), "en"),
        (("fr",), "en"),
        (("constructor",), "en"),
    ],
)
def test_the_language_is_the_first_of_the_readers_that_there_is(browser, visit, wanted, language):
    browser.language(*wanted)
    visit(FRAGMENT)
    headings = {"de": "Du bist zum Chatten eingeladen", "en": "You are invited to chat"}
    assert browser.said("heading") == headings[language]
    assert browser.run("return document.documentElement.lang") == language


def test_every_language_says_everything_with_the_same_gaps(visit):
    words = visit().run("return WORDS")
    gaps = {
        language: {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in said.items()}
        for language, said in words.items()
    }
    assert set(gaps) >= {"en", "de"}
    assert all(found == gaps["en"] for found in gaps.values())
    assert all(text.strip() for said in words.values() for text in said.values())


def test_every_word_of_the_catalogue_is_used():
    code = resource("landing", "page.js").read_text("utf-8")
    words = resource("landing", "words.js").read_text("utf-8")
    keys = set(re.findall(r'^    "?([\w-]+)"?:', words, re.MULTILINE))
    made = ("heading_", "lead_", "bad_")  # completed with the kind or the code
    roles = {"from", "account", "server", "to", "room"}
    unused = {key for key in keys if not re.search(rf'"{key}"', code)} - roles
    assert {key for key in unused if not key.startswith(made)} == set()


def test_the_keyboard_reaches_everything_in_the_order_it_is_read(visit):
    browser = visit(FRAGMENT)
    reached = []
    for _ in range(4):
        ActionChains(browser.driver).send_keys(Keys.TAB).perform()
        focus = browser.driver.switch_to.active_element
        outline = focus.value_of_css_property("outline-style")
        reached.append((focus.get_attribute("id") or focus.text, outline))
    assert [name for name, _ in reached] == ["open", "copy", "Gajim", "Dino"]
    assert all(outline == "solid" for _, outline in reached)


def test_assistive_tools_hear_button_code_and_headings(visit):
    browser = visit(FRAGMENT)
    heard = {
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in browser.tell("Accessibility.getFullAXTree")["nodes"]
        if not node["ignored"]
    }
    plain = {(role, re.sub("[\u2068\u2069]", "", name)) for role, name in heard}
    assert ("link", "Open the invitation") in plain
    assert ("button", "Copy link") in plain
    assert ("image", "QR code of the link for romeo@montague.example") in plain
    assert ("heading", "You are invited to chat") in plain
    assert ("main", "") in plain
