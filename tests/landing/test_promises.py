"""What the page never does: open, ask, tell, store, or run what is not its own."""

import re

import pytest
from selenium.webdriver.common.by import By

from pars_desktop.base.resources import resource
from pars_desktop.domain.landing import web_link
from tests.landing.browser import Browser

INVITATION = "xmpp:romeo@montague.example?roster;preauth=1tMFqYDdKhfe2pwp;name=Romeo%20Montague"
JOINS = INVITATION.replace(";name", ";ibr=y;name")
FRAGMENT = web_link(INVITATION, "")


def test_nothing_is_opened_before_the_person_presses_the_button(visit):
    browser = visit(FRAGMENT)
    browser.driver.execute_async_script("setTimeout(arguments[0], 500)")
    asked = ("Page.frameRequestedNavigation", "Page.frameScheduledNavigation")

    def opened():
        return [
            told["url"]
            for event, told in browser.happened()
            if event in asked and told["url"].startswith("xmpp:")
        ]

    assert opened() == []
    browser.find("open").click()
    browser.driver.execute_async_script("setTimeout(arguments[0], 200)")
    assert set(opened()) == {INVITATION}


def test_the_page_asks_for_its_own_files_and_never_tells_the_invitation(visit, server, browser):
    browser.driver.get("about:blank")
    list(browser.happened())
    server.asked.clear()
    visit(FRAGMENT)
    browser.find("others-label").click()
    browser.driver.execute_async_script("setTimeout(arguments[0], 300)")
    requested = {
        told["request"]["url"]: told["request"]
        for event, told in browser.happened()
        if event == "Network.requestWillBeSent"
    }
    requested.pop("about:blank", None)
    own = {path.name for path in resource("landing").iterdir()} - {"index.html", "LICENSES.txt"}
    assert {url.removeprefix(server.page) for url in requested} - {"pars.svg"} == (
        own - {"pars.svg"} | {""}
    )
    assert {path.lstrip("/") for path, _referer in server.asked} <= own | {""}
    assert {referer for _path, referer in server.asked} == {None}


def test_nothing_is_stored(visit):
    browser = visit(FRAGMENT)
    browser.find("others-label").click()
    assert browser.driver.get_cookies() == []
    kept = browser.tell("Storage.getUsageAndQuota", origin=browser.run("return location.origin"))
    assert kept["usage"] == 0
    assert browser.run("return localStorage.length + sessionStorage.length") == 0
    code = "".join(path.read_text("utf-8") for path in resource("landing").glob("*.js"))
    assert not re.search(r"localStorage|sessionStorage|indexedDB|cookie|fetch\(|XMLHttp", code)


def test_the_policy_lets_nothing_in_that_is_not_ours(visit, server):
    browser = visit(FRAGMENT)
    tried = browser.driver.execute_async_script(
        """
        const done = arguments[0], broken = [];
        addEventListener("securitypolicyviolation", (e) => broken.push(e.effectiveDirective));
        const script = document.createElement("script");
        try { script.textContent = "document.title = 'taken'"; } catch { broken.push("text"); }
        document.body.append(script);
        const handler = "document.title = 'taken'";
        try { document.body.setAttribute("onclick", handler); } catch { broken.push("handler"); }
        document.body.click();
        document.body.setAttribute("style", "color: red");
        try { document.body.innerHTML = "<b>taken</b>"; } catch { broken.push("html"); }
        setTimeout(() => { // the driver may do it in what it runs at once
            try { eval("document.title = 'taken'"); } catch { broken.push("eval"); }
        }, 50);
        const picture = document.createElement("img");
        picture.src = "http://127.0.0.1:9/x.png";
        document.body.append(picture);
        fetch("index.html").catch(() => broken.push("fetch"));
        setTimeout(() => done(broken), 300);
        """
    )
    refused = {"text", "handler", "html", "eval", "fetch", "style-src-attr", "img-src"}
    assert refused <= set(tried)
    assert browser.driver.title == "Invitation to chat"
    assert browser.said("address") == "romeo@montague.example"
    browser.driver.get_log("browser")  # what was just refused is told there, too


def test_the_page_itself_breaks_no_policy_and_logs_nothing(visit):
    browser = visit("about")
    browser.driver.get_log("browser")
    visit(FRAGMENT)
    browser.find("others-label").click()
    assert browser.driver.get_log("browser") == []


def test_without_javascript_the_page_says_what_to_do_in_both_languages(browser, visit):
    browser.tell("Emulation.setScriptExecutionDisabled", value=True)
    visit(FRAGMENT)
    told = browser.driver.find_element(By.CSS_SELECTOR, "noscript").text
    assert "Copy the whole address of this page." in told
    assert "Kopiere die ganze Adresse dieser Seite." in told
    shown = [one for one in ("invitation", "refused", "footer") if browser.find(one).is_displayed()]
    assert shown == []


def test_a_missing_browser_is_a_failure_that_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AssertionError, match="chromium is missing"):
        Browser(tmp_path)
