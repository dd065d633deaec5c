"""A headless Chromium of our own, which reaches loopback and nothing else."""

import json
import os
import shutil
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

SCREEN = (1000, 900)


def program(name):
    """Where it is; a missing one is a failure that says what to do."""
    found = shutil.which(name)
    assert found, f"{name} is missing, and the page of invitations is tried in it: make setup"
    return found


class Server(ThreadingHTTPServer):
    """Hands out a folder on loopback and remembers what it was asked for."""

    def __init__(self, folder):
        self.asked = []  # path and Referer of each request
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
        self.page = f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, *_what):
        self.server.asked.append((self.path, self.headers.get("Referer")))


@contextmanager
def serving(folder):
    server = Server(folder)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Browser:
    """What a visitor of the page has before them."""

    def __init__(self, home: Path):
        options = ChromeOptions()
        options.binary_location = program("chromium")
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        for word in (
            "--headless=new",
            f"--user-data-dir={home / 'profile'}",
            f"--window-size={SCREEN[0]},{SCREEN[1]}",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            "--no-proxy-server",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--hide-scrollbars",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
        ):
            options.add_argument(word)
        private = os.environ | {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")}
        self.driver = Chrome(options, Service(program("chromedriver"), env=private))
        self._agent = self.run("return navigator.userAgent")
        self.language("en-GB")

    def quit(self):
        self.driver.quit()

    def visit(self, page, fragment=""):
        """Load a page anew, also if only what follows the "#" would change."""
        self.driver.get("about:blank")
        self.driver.get(f"{page}#{fragment}")

    def run(self, script, *given):
        return self.driver.execute_script(script, *given)

    def tell(self, command, **given):
        return self.driver.execute_cdp_cmd(command, given)

    def language(self, *wanted, agent=None):
        """Which languages the reader prefers, and by which name the browser calls itself."""
        self.tell(
            "Emulation.setUserAgentOverride",
            userAgent=agent or self._agent,
            acceptLanguage=",".join(wanted),
        )

    def theme(self, name):
        feature = {"name": "prefers-color-scheme", "value": name}
        self.tell("Emulation.setEmulatedMedia", features=[feature])

    def size(self, width, height, scale=1):
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=False,
        )

    def find(self, name):
        return self.driver.find_element(By.ID, name)

    def said(self, name):
        """The text of an element without the marks around what was filled in; "" if hidden."""
        element = self.find(name)
        text = element.get_property("textContent") if element.is_displayed() else ""
        return text.replace("\u2068", "").replace("\u2069", "")

    def link(self):
        return self.find("open").get_attribute("href")

    def happened(self):
        """What the browser did since it was last asked, as (event, its details)."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            yield message["method"], message["params"]

    def picture(self):
        """The whole page as PNG, however long it is."""
        return self.tell("Page.captureScreenshot", captureBeyondViewport=True)["data"]
