"""The page as it is exported, on a web server on loopback, in one browser for each module."""

import pytest

from pars_desktop.system import landing_page
from tests.landing.browser import SCREEN, Browser, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    landing_page.export(folder)
    with serving(folder) as running:
        yield running


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium):
    """English, light, on a large screen; whatever a test changed is changed back."""
    yield chromium
    chromium.language("en-GB")
    chromium.theme("light")
    chromium.size(*SCREEN)
    chromium.tell("Emulation.setScriptExecutionDisabled", value=False)


@pytest.fixture
def visit(browser, server):
    def visit(fragment=""):
        browser.visit(server.page, fragment)
        return browser

    return visit
