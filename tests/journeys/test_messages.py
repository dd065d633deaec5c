"""Journeys (c), (d) and (e): messages in and out, offline, and catching up."""

import pytest
from PySide6.QtWidgets import QLineEdit

from pars_desktop.core.account import State
from pars_desktop.store.conversations import ConversationStore
from tests.journeys.ground import until
from tests.journeys.story import Story
from tests.server.prosody import INVITES_HOST
from tests.xmpp.fault_proxy import faulty

pytestmark = pytest.mark.prosody


async def friends(story, *, port=0):
    """Romeo and Juliet, each with the other's chat open; his line may be a faulty one."""
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    his, hers = await story.copy(romeo, port=port), await story.copy(juliet)
    await story.befriend(his, hers, "Romeo")
    await his.open_chat(str(juliet.jid))
    return his, hers


async def test_a_message_comes_in_and_is_marked_until_it_is_seen(story):
    his, hers = await friends(story)
    his.window.leave_chat()
    await hers.write(story.secret("Wherefore art thou?"))

    await until(lambda: "1 unread" in " ".join(his.chats()))
    assert his.window.windowTitle() == "Pars (1)"
    await hers.delivered("Wherefore art thou?")
    his.window.activateWindow()
    await his.open_chat(str(hers.accounts[0].jid))
    await his.reads("Wherefore art thou?")
    await until(lambda: his.window.windowTitle() == "Pars")


async def test_quitting_from_outside_keeps_what_was_typed_in_the_last_moment(story):
    his, _hers = await friends(story)
    key = his.window.open_key
    his.window.open_chat(key, "unfinished")

    his.program.quit()  # as `pars-desktop quit` does
    await his._life

    assert ConversationStore(his.database).row(key).draft == "unfinished"


async def test_c_what_is_written_offline_waits_and_leaves_in_order(story):
    async with faulty(story.prosody.port) as line:
        his, hers = await friends(story, port=line.port)
        his.may_break = True
        await his.write("one")
        await his.delivered("one")
        line.go_down()
        await until(lambda: his.accounts[0].status.state is State.WAITING)
        for text in ("two", "three"):
            await his.write(text)
        assert [each.rpartition(": ")[2] for each in his.messages()[1:]] == [
            "two (waiting)",
            "three (waiting)",
        ]
        await until(lambda: his.sees("Offline. Messages will be sent when the connection is back."))
        await hers.write("meanwhile")
        line.come_up()

        await his.delivered("three")
        await his.reads("meanwhile")
        await hers.reads("three")  # the window gathers what comes in a burst
        assert hers.said() == ["one", "meanwhile", "two", "three"]
        assert not his.sees("Offline.")
        await his.quit()  # before the line is gone


async def test_e_after_the_server_restarted_everything_is_there_once(home, own_prosody):
    async with Story.told(home, own_prosody) as story:
        his, hers = await friends(story)
        his.may_break = hers.may_break = True
        await hers.write("before")
        await his.reads("before")
        await his.quit()
        for number in range(60):  # more than a page of the archive
            hers.accounts[0].outbox.send(his.accounts[0].jid, f"missed {number}")
        await hers.write("the last")
        await until(lambda: hers.messages()[-1].endswith("the last (sent)"))
        own_prosody.restart()
        await his.start()
        await his.online()
        await hers.online()
        await his.open_chat(str(hers.accounts[0].jid))
        await until(lambda: his.said()[-1] == "the last")
        await his.write("after")
        await hers.reads("after")

        wanted = ["before", *(f"missed {n}" for n in range(60)), "the last", "after"]
        for copy in (his, hers):
            assert copy.said() == wanted
        await his.delivered("after")


async def test_two_copies_of_one_account_show_the_same_history(story):
    romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
    his, desk = await story.copy(romeo), await story.copy(juliet)
    laptop = await story.copy(juliet)
    await story.befriend(his, desk, "Romeo")
    await his.open_chat(str(juliet.jid))
    await laptop.open_chat("Romeo")
    await desk.write("from the desk")
    await his.reads("from the desk")
    await his.write("to all of you")
    await until(lambda: laptop.said() == ["from the desk", "to all of you"])
    await laptop.quit()
    await his.write("while one was away")
    await desk.reads("while one was away")
    await laptop.start()
    await laptop.online()
    await laptop.open_chat("Romeo")
    phone = await story.copy(juliet)  # new: it has only what the archive has
    await phone.open_chat("Romeo")

    wanted = ["from the desk", "to all of you", "while one was away"]
    for copy in (desk, laptop, phone):
        await until(lambda copy=copy: copy.said() == wanted)
        assert [line.startswith("You, ") for line in copy.messages()] == [True, False, False]
    await until(lambda: desk.messages()[0].endswith("(delivered)"))
    assert phone.window.windowTitle() == "Pars"


async def test_several_accounts_in_one_copy_are_one_list(story):
    romeo, montague = story.person("romeo"), story.person("montague")
    juliet = story.person("juliet", INVITES_HOST)
    his, hers = await story.copy(romeo, montague), await story.copy(juliet)
    link = await story.invitation(hers)
    await his.press("Add a friend")
    await his.type("Address or link", link)
    await his.press("Next")
    await until(lambda: his.sees("Your account"))
    assert not his.button("Add friend").isEnabled()
    await his.choose("Your account", str(montague.jid))
    await his.type("Name", "Juliet")
    await his.press("Add friend")
    await until(lambda: his.sees("You and Juliet are now friends"))
    await his.press("Open chat")
    await his.press("Invite a friend")
    await his.choose("Account", str(romeo.jid))
    link = (await his.find(QLineEdit, "Invitation link")).text()
    his.close_dialog("Invite a friend")
    await hers.follow(link, "My Romeo")
    await until(lambda: his.sees(f"{juliet.jid} came by your invitation"))
    await his.press("Rename")
    await his.type("New name", "My Juliet")
    await his.press("Save")
    await until(lambda: len(his.chats()) == 2)

    as_whom = [f"Juliet, online (as {montague.jid})", f"My Juliet, online (as {romeo.jid})"]
    await until(lambda: sorted(his.chats()) == as_whom)
    await his.open_chat("My Juliet")
    await his.write("from Romeo")
    await his.open_chat("Juliet")
    await his.write("from his family")
    await until(lambda: hers.window.open_key == hers.key(romeo))
    await hers.reads("from Romeo")
    await hers.open_chat(str(montague.jid))
    await hers.reads("from his family")
    assert len(hers.chats()) == 2
