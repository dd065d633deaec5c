"""The three scenes: a link, a landing page, a code on the screen."""

import asyncio
import os
import time
from dataclasses import replace

from tests.demo.browser import Browser
from tests.demo.driver import (
    Player,
    Server,
    Stage,
    add_friend,
    close,
    come_forward,
    delivered,
    fill_in,
    has_hand,
    invitation,
    main_window,
    on_x11,
    open_link,
    open_menu,
    place,
    received,
    send,
)
from tests.desktop.a11y import Desktop, Node, NotThere


async def by_link(stage: Stage, desktop: Desktop, romeo: Player, juliet: Player) -> None:
    """Romeo invites Juliet, who has an account, by an `xmpp:` link."""
    his = await main_window(desktop, romeo.pid)
    hers = await main_window(desktop, juliet.pid)
    place(romeo.pid, 0, 0)
    place(juliet.pid, 1, 0)
    stage.say("both copies of Pars are on the screen, signed in")
    await stage.picture("two-windows")

    link = await invitation(his, as_web_link=False)
    if not link.startswith("xmpp:"):
        raise NotThere("the invitation window shows no xmpp: link")
    stage.say("Romeo opened “Invite a friend”: a link and a code are ready")
    await stage.picture("invitation")

    clicked = time.monotonic()
    await open_link(link, juliet.environment)
    await hers.find("text", "Friend's address")
    stage.say(
        "the link went through the desktop to Juliet's copy, which asks"
        f" ({time.monotonic() - clicked:.2f} s after xdg-open began)"
    )
    await stage.picture("add-a-friend")
    await add_friend(hers, romeo.address, "Romeo Montague")
    confirmed = time.monotonic()

    await (await his.find("list", "Chats")).select_item(juliet.address)
    stage.say(f"Romeo's list shows {juliet.address}, who came by invitation")
    await (await hers.find("list", "Chats")).select_item("Romeo Montague")
    stage.say(f"Juliet's list shows Romeo ({time.monotonic() - confirmed:.2f} s after her click)")
    await his.find("push button", "Undo")
    await stage.picture("friends")
    await close(romeo.pid, "Invite a friend")
    await hers.gone("dialog", "Add a friend")  # it closes by itself, and the chat is open

    await send(hers, "Romeo Montague", "Hello Romeo, one click was enough.")
    await received(his, juliet.address, "Hello Romeo, one click was enough.")
    stage.say("Juliet wrote, and Romeo reads it")
    await send(his, juliet.address, "And nobody typed an address.")
    await received(hers, "Romeo Montague", "And nobody typed an address.")
    stage.say("Romeo wrote, and Juliet reads it")
    await delivered(hers, "Hello Romeo, one click was enough.")
    await delivered(his, "And nobody typed an address.")
    stage.say("both lines are marked as delivered")
    await stage.picture("messages")


async def by_page(
    stage: Stage,
    desktop: Desktop,
    juliet: Player,
    mercutio: Player,
    browser: Browser,
    page: str,
    server: Server,
) -> Player:
    """Juliet invites Mercutio, who has no account, by a web link; he, with his copy running."""
    hers = await main_window(desktop, juliet.pid)
    if has_hand():
        await set_landing_page(hers, juliet.pid, page)
        stage.say(f"Juliet chose {page} in her preferences")
    else:
        stage.say(f"{page} stood in Juliet's settings from the start: menus need a hand")
    link = await invitation(hers, as_web_link=True)
    if not link.startswith(page):
        raise NotThere("the invitation window shows no web link to that page")
    await (await hers.find("push button", "Copy link")).press()
    stage.say("Juliet opened “Invite a friend”, and copied a web link")
    await stage.picture("web-link")

    await browser.paste_address(link)
    place(browser.pid, 1, 1, title="")
    await browser.find_link("Open the invitation")
    stage.say("Mercutio opened it in Chromium: the landing page shows who invites him")
    await stage.picture("landing-page")
    others = set(await desktop.applications())
    await browser.press("Open the invitation")
    asked = await browser.question()
    await stage.picture("browser-asks")
    await browser.agree()
    agreed = time.monotonic()
    mercutio = replace(mercutio, pid=await newcomer(desktop, others))
    his = await desktop.application(mercutio.pid)
    create = await his.find(
        "push button", lambda name: name.startswith("Create an account at "), timeout=30
    )
    stage.say(
        f"Mercutio pressed “{asked}”: Pars started, without an account, and shows the invitation"
        f" ({time.monotonic() - agreed:.2f} s after the key)"
    )
    place(mercutio.pid, 0, 1)
    await stage.picture("first-window")
    await create.press()

    await fill_in(his, mercutio.address.partition("@")[0], server)
    await stage.picture("registration")
    await (await his.find("push button", "Create account")).press()
    created = time.monotonic()
    await stay_without_keyring(his)
    await main_window(desktop, mercutio.pid)
    await (await his.find("list", "Chats")).select_item(juliet.address)
    await (await hers.find("list", "Chats")).select_item(mercutio.address)
    stage.say(f"both lists show both ({time.monotonic() - created:.2f} s after “Create account”)")
    await close(juliet.pid, "Invite a friend")
    await send(his, juliet.address, "I had no account a minute ago.")
    await received(hers, mercutio.address, "I had no account a minute ago.")
    await send(hers, mercutio.address, "Welcome, Mercutio.")
    await received(his, juliet.address, "Welcome, Mercutio.")
    stage.say("Mercutio and Juliet wrote to each other")
    await stage.picture("third-person")
    await browser.leave()
    return mercutio


async def by_code(stage: Stage, desktop: Desktop, romeo: Player, mercutio: Player) -> None:
    """Romeo has a code on the screen, and Mercutio scans it from there."""
    his = await main_window(desktop, romeo.pid)
    theirs = await main_window(desktop, mercutio.pid)
    await invitation(his, as_web_link=False)
    await (await theirs.find("push button", "Add a friend")).press()
    await (await theirs.find("push button", "Scan a code on the screen")).press()
    # A Wayland desktop asks the person first whether the screen may be looked at.
    patience = 60 if os.environ.get("WAYLAND_DISPLAY") else 15
    await settle_on_code(theirs, romeo.address, patience)
    stage.say("Mercutio scanned the code that Romeo has on the screen, and is asked about it")
    await stage.picture("scanned")
    await add_friend(theirs, romeo.address, "Romeo")
    await (await his.find("list", "Chats")).select_item(mercutio.address)
    await (await theirs.find("list", "Chats")).select_item("Romeo")
    await close(romeo.pid, "Invite a friend")
    await theirs.gone("dialog", "Add a friend")
    await send(theirs, "Romeo", "I saw you on the screen.")
    await received(his, mercutio.address, "I saw you on the screen.")
    await delivered(theirs, "I saw you on the screen.")
    stage.say("Mercutio wrote, and Romeo reads it")
    await stage.picture("all-friends")


async def set_landing_page(program: Node, pid: int, page: str) -> None:
    """Say in the preferences where web links lead."""
    come_forward(pid)
    await open_menu(pid, await program.find("button menu", "Menu"))
    on_x11("key", "Up", "Up", "Return")  # the last but one of them
    await (await program.find("text", "Page for web links")).type(page)
    await (await program.find("push button", "Save")).press()
    await program.gone("dialog", "Preferences")


async def newcomer(desktop: Desktop, others: set[int], timeout: float = 30) -> int:
    """The process of a copy of Pars that has just been started by somebody else."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        for pid, program in (await desktop.applications()).items():
            if pid not in others and "pars" in (await program.name()).lower():
                return pid
        await asyncio.sleep(0.02)
    raise NotThere(f"the browser started no program within {timeout:g} s")


async def stay_without_keyring(program: Node, timeout: float = 15) -> None:
    """A desktop without a keyring makes the program ask where the password is to be kept."""
    deadline = time.monotonic() + timeout
    while await program.seek("list", "Chats") is None:
        go_on = await program.seek("push button", "Continue")
        if go_on is not None and await go_on.is_enabled():
            await go_on.press()
        if time.monotonic() > deadline:
            raise NotThere("the account was not created")
        await asyncio.sleep(0.05)


async def settle_on_code(program: Node, inviter: str, timeout: float) -> None:
    """Wait for the question about a scanned code; of several codes, choose this inviter's."""
    deadline = time.monotonic() + timeout
    while await program.seek("text", "Friend's address") is None:
        if (codes := await program.seek("list", "Codes")) is not None:
            names = [await code.name() for code in await codes.children()]
            mine = [number for number, name in enumerate(names) if inviter in name]
            if not mine:
                raise NotThere(f"something covers the code of {inviter}")
            await codes.select(mine[0])
            await (await program.find("push button", "Open")).press()
            await program.gone("list", "Codes")
        if time.monotonic() > deadline:
            raise NotThere(f"no code of {inviter} was found within {timeout:g} s")
        await asyncio.sleep(0.05)
