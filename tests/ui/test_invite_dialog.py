"""Invite a friend: nothing to copy before the link is final, and a link once shown stays."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QLineEdit, QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.domain.invite import LIFETIME, InviteOptions, ServerInvite, Via
from pars_desktop.domain.jid import JID
from pars_desktop.domain.landing import web_link
from pars_desktop.domain.uri import parse_link
from pars_desktop.ui.invitations import giving
from pars_desktop.ui.invitations.invite_dialog import InviteDialog
from pars_desktop.ui.invitations.inviting import Inviting
from pars_desktop.ui.invitations.link_field import LinkField
from pars_desktop.ui.invitations.qr_code import QrCode
from pars_desktop.ui.invitations.server_dialog import ServerDialog
from pars_desktop.ui.when import weekday
from tests.fakes import JULIET, ROMEO, TYBALT, settle
from tests.ui.cast import CastSettings
from tests.ui.looking import interface, named, words
from tests.ui.stage import MERCUTIO, NOW, Stage

PAGE = "https://montague.lit/invite/T0KENofTheServer"


@pytest.fixture(autouse=True)
def empty_clipboard(qapp):
    """Offscreen it outlives Python, and must not hold what is Python's."""
    yield
    qapp.clipboard().clear()


class Desk:
    """Romeo's program with its windows of inviting, and a server that answers as a test says."""

    def __init__(self, qtbot, *accounts):
        self.stage = Stage(*accounts)
        self.settings = CastSettings()
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.tasks = Tasks()
        self.inviting = Inviting(self.stage.accounts, self.tasks, self.settings, self.window)
        self.account = self.stage.account
        self.invites = self.account.invites
        self.server = self.stage.network.invitations

    async def open(self, account=None):
        self.inviting.invite(account)
        await settle()
        return self.dialog

    @property
    def dialog(self):
        return next(one for one in self.window.findChildren(InviteDialog) if one.isVisible())

    async def press(self, name):
        named(self.dialog, QAbstractButton, name).click()
        await settle()

    def text(self, name):
        return named(self.dialog, QLineEdit, name)

    @property
    def link(self):
        return self.text("Invitation link").text()

    @property
    def token(self):
        return parse_link(self.link).token

    async def create(self, **fields):
        """Unfold the options, fill them in, and press Create."""
        await self.press("Options")
        for name, value in fields.items():
            self.text(name.replace("_", " ")).setText(value)
        await self.press("Create")

    def choose(self, name, text):
        found = self.dialog.findChildren(QComboBox)
        next(one for one in found if one.accessibleName() == name).setCurrentText(text)


@pytest.fixture
async def desk(qtbot):
    desk = Desk(qtbot)
    yield desk
    await desk.tasks.close()
    desk.window.close()
    desk.stage.close()


@pytest.fixture
async def online(desk):
    desk.account.sign_in("secret")
    desk.stage.network.connection.come_up()
    await settle()
    yield desk
    await desk.account.sign_out()


def heard(window):
    """What the labels say, without the marks around foreign words."""
    return words(window).translate({0x2068: None, 0x2069: None})


def of_server(number=1, **changes):
    made = ServerInvite(ROMEO, f"{number:024}", NOW + LIFETIME, PAGE, ibr=True)
    return replace(made, **changes)


# --- what is in sight ----------------------------------------------------------------------------


async def test_it_opens_with_an_invitation_ready(desk):
    dialog = await desk.open()
    (invite,) = desk.invites.all()

    assert dialog.windowTitle() == "Invite a friend"
    assert desk.link == web_link(invite.link)
    assert f"It works once, until {weekday(invite.expires)}." in words(dialog)


async def test_the_controls_have_the_names_they_were_promised(desk):
    dialog = await desk.open()

    for name in ("Copy link", "Share", "New invitation", "Invitations", "Options"):
        button = named(dialog, QAbstractButton, name)
        assert button.isEnabled()
        assert interface(button).role() == QAccessible.Role.Button
    assert interface(named(dialog, QCheckBox, "Web link")).role() == QAccessible.Role.CheckBox
    assert named(dialog, QrCode, "QR code") is not None
    assert desk.text("Your name") is None  # folded away


async def test_the_link_is_whole_to_assistive_tools_though_shown_elided(desk):
    await desk.open()
    field = desk.text("Invitation link")

    seen = QAccessible.queryAccessibleInterface(field)

    assert seen.role() == QAccessible.Role.EditableText
    assert seen.state().readOnly
    assert seen.textInterface().text(0, 1000) == field.text()
    assert field.fontMetrics().horizontalAdvance(field.text()) > field.width()
    assert "…" in field._elided(field.rect())


async def test_every_control_is_reached_by_tab(desk):
    dialog = await desk.open()
    await desk.press("Options")
    reached, at = [], dialog
    while (at := at.nextInFocusChain()) is not dialog:
        if at.isVisible() and at.focusPolicy() & Qt.FocusPolicy.TabFocus:
            reached.append(at.accessibleName() or at.text())

    assert reached == [
        "Invitation link", "Copy link", "Web link", "Share", "Invitations", "Options",
        "For whom", "Your name", "Lasts", "Works", "Only for", "Create",
    ]  # fmt: skip


async def test_p17_copying_marks_the_link_as_a_secret_for_clipboard_histories(desk):
    await desk.open()

    await desk.press("Copy link")

    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == desk.link
    assert data.data("x-kde-passwordManagerHint") == b"secret"


async def test_p17_copying_by_keyboard_marks_it_too(desk, qtbot):
    await desk.open()
    field = desk.text("Invitation link")
    field.setFocus()

    qtbot.keyClick(field, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == field.text()
    assert data.data("x-kde-passwordManagerHint") == b"secret"


async def test_copied_appears_beside_the_button_and_is_announced(desk, monkeypatch):
    announced = []
    monkeypatch.setattr(giving.QAccessible, "updateAccessibility", announced.append)
    dialog = await desk.open()

    await desk.press("Copy link")

    assert "Copied" in words(dialog)
    assert named(dialog, QAbstractButton, "Copy link").text() == "Copy link"
    assert [event.message() for event in announced] == ["Copied"]
    dialog._giving._copied._over.timeout.emit()
    assert "Copied" not in words(dialog)


async def test_with_several_accounts_one_chooses_who_invites(qtbot):
    desk = Desk(qtbot, ROMEO, MERCUTIO)
    await desk.open(MERCUTIO)
    assert parse_link(desk.link).jid == MERCUTIO

    desk.choose("Account", str(ROMEO))
    assert desk.text("Invitation link") is None  # not even for a moment under the wrong account
    await settle()

    assert parse_link(desk.link).jid == ROMEO
    await desk.tasks.close()
    desk.window.close()
    desk.stage.close()


async def test_with_one_account_nothing_is_chosen(desk):
    dialog = await desk.open()

    assert named(dialog, QComboBox, "Account") is None


# --- web link or xmpp: link ----------------------------------------------------------------------


async def test_one_switch_turns_the_text_and_the_code_and_is_remembered(desk):
    dialog = await desk.open()
    code = dialog.findChild(QrCode)
    web, web_code = desk.link, code.pixmap().toImage()

    await desk.press("Web link")

    (invite,) = desk.invites.all()
    assert desk.link == invite.link
    assert code.pixmap().toImage() != web_code
    assert not desk.settings.kept.web_link
    dialog.close()
    await desk.open()
    assert desk.link == invite.link
    await desk.press("Web link")
    assert desk.link == web == web_link(invite.link)
    assert desk.settings.kept.web_link


async def test_r4_the_server_s_own_page_is_the_web_link_where_there_is_one(online):
    online.server.invites = [of_server()]

    await online.open()

    assert online.link == PAGE
    await online.press("Web link")
    assert parse_link(online.link).token == f"{1:024}"


async def test_the_page_of_the_preferences_is_used_for_what_is_shown_from_then_on(desk):
    dialog = await desk.open()
    shown = desk.link
    desk.settings.kept = replace(desk.settings.kept, landing_page="https://montague.lit/#")

    await desk.press("Web link")
    await desk.press("Web link")
    assert desk.link == shown  # a link once shown never changes
    await desk.press("New invitation")

    assert desk.link.startswith("https://montague.lit/#")
    assert dialog.isVisible()


async def test_a_page_in_the_settings_that_makes_no_sense_is_not_used(desk):
    desk.settings.kept = replace(desk.settings.kept, landing_page="http://10.0.0.1/#")

    await desk.open()

    assert desk.link.startswith("https://xmpp.link/#")


# --- when it is made -----------------------------------------------------------------------------


async def test_nothing_can_be_copied_until_the_link_is_final(online):
    online.server.invites, online.server.silence = [of_server()], 0.05
    dialog = await online.open()

    assert online.text("Invitation link") is None
    assert named(dialog, QAbstractButton, "Copy link") is None
    assert named(dialog, QAbstractButton, "Share") is None
    assert named(dialog, QrCode, "QR code") is None
    assert "Preparing" not in words(dialog)  # nobody reads what is there for a moment
    dialog._quiet.timeout.emit()
    assert "Preparing…" in words(dialog)
    size = dialog.size()
    await online.inviting._making
    await settle()

    assert online.link == PAGE
    assert "Preparing" not in words(dialog)
    assert dialog.width() == size.width()


async def test_a_window_closed_meanwhile_wants_none_any_more(online):
    online.server.invites, online.server.silence = [of_server()], 0.05
    dialog = await online.open()

    dialog.close()
    await settle()

    assert online.inviting._making is None
    assert online.invites.all() == []


async def test_of_two_accounts_chosen_quickly_the_last_one_counts(qtbot):
    desk = Desk(qtbot, ROMEO, MERCUTIO)
    await desk.open(MERCUTIO)
    desk.choose("Account", str(ROMEO))
    desk.choose("Account", str(MERCUTIO))
    desk.choose("Account", str(ROMEO))
    await settle()

    assert parse_link(desk.link).jid == ROMEO
    assert len(desk.invites.all()) == 1
    await desk.tasks.close()
    desk.window.close()
    desk.stage.close()


async def test_opening_it_again_within_the_hour_shows_the_same_invitation(desk):
    dialog = await desk.open()
    first = desk.link
    dialog.close()
    desk.stage.clock.advance(timedelta(minutes=59))

    await desk.open()
    assert desk.link == first
    await desk.press("New invitation")

    assert parse_link(desk.link).token != parse_link(first).token
    assert len(desk.invites.all()) == 2


@pytest.mark.parametrize("name", ["", "Romeo", "juliet@capulet.lit", str(ROMEO), "a\u202eb", "+"])
async def test_it_is_the_same_one_under_whatever_name(desk, name):
    desk.stage.accounts.rename_me(ROMEO, name)
    dialog = await desk.open()
    first = desk.link
    dialog.close()

    await desk.open()

    assert desk.link == first


async def test_a_full_disk_is_said_and_nothing_can_be_copied(desk, monkeypatch):
    async def prepare(options):
        raise StorageFailed

    monkeypatch.setattr(desk.invites, "prepare", prepare)

    dialog = await desk.open()

    assert "Nothing can be written to disk." in words(dialog)
    assert named(dialog, QAbstractButton, "Copy link") is None


# --- options -------------------------------------------------------------------------------------


async def test_a_changed_option_leaves_the_link_alone_until_create_makes_another(desk):
    dialog = await desk.open()
    shown = desk.link
    await desk.press("Options")
    desk.text("For whom").setText("the choir")
    desk.text("Your name").setText("Romeo")
    desk.choose("Lasts", "1 month")
    desk.choose("Works", "For up to 50 people")
    assert desk.link == shown
    assert "Anybody who gets this link can become your friend, up to 50 people." in words(dialog)

    await desk.press("Create")

    made = desk.invites.all()[0]
    assert (made.label, made.max_uses) == ("the choir", 50)
    assert made.expires - made.created == timedelta(days=31)
    assert desk.link == web_link(made.link) != shown
    assert parse_link(made.link).name == "Romeo"
    said = heard(dialog)
    assert "Anybody who gets this link can become your friend, up to 50 people, until" in said
    assert "For the choir." in said
    assert desk.text("For whom") is None  # folded again


async def test_your_name_is_remembered_and_in_the_next_usual_invitation(desk):
    dialog = await desk.open()
    without = desk.link

    await desk.create(Your_name="Romeo  M.")

    assert desk.account.settings.your_name == "Romeo M."
    assert parse_link(desk.link).name == "Romeo M."
    assert desk.token != parse_link(without).token
    with_name = desk.link
    dialog.close()
    await desk.open()
    assert desk.link == with_name


async def test_a_name_typed_just_before_closing_is_kept_and_is_in_the_next_link(desk, qtbot):
    dialog = await desk.open()
    without = desk.link
    await desk.press("Options")
    desk.text("Your name").setText("Romeo")

    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    await desk.open()

    assert desk.account.settings.your_name == "Romeo"
    assert parse_link(desk.link).name == "Romeo"
    assert desk.link != without


async def test_p6_bound_to_one_address_it_works_once_for_that_one(desk):
    await desk.open()
    await desk.create(Only_for=" Juliet@Capulet.lit ")

    made = desk.invites.all()[0]
    assert (made.bound_to, made.max_uses) == (JULIET, 1)
    assert "Only juliet@capulet.lit can use it, until" in heard(desk.dialog)


@pytest.mark.parametrize("typed", ["juliet", "capulet.lit", "@capulet.lit", "a b@"])
async def test_what_is_no_address_of_a_person_is_said_and_nothing_is_made(desk, typed):
    dialog = await desk.open()
    await desk.create(Only_for=typed)

    assert "An address looks like name@server.example." in words(dialog)
    assert len(desk.invites.all()) == 1
    assert desk.text("Only for").hasFocus() or not dialog.isActiveWindow()


async def test_a_mistake_in_folded_options_is_shown(desk):
    dialog = await desk.open()
    await desk.press("Options")
    desk.text("Only for").setText("juliet")
    await desk.press("Options")

    await desk.press("New invitation")

    assert "An address looks like name@server.example." in words(dialog)
    assert desk.text("Only for").text() == "juliet"


async def test_with_an_own_token_it_says_that_an_account_is_needed_elsewhere(online):
    online.server.invites = [of_server(1)]
    dialog = await online.open()
    assert "Your server made it, so it cannot be revoked from here." in words(dialog)
    assert "needs one elsewhere" not in words(dialog)
    await online.press("Options")
    assert "needs one elsewhere" not in words(dialog)
    online.choose("Lasts", "1 hour")
    assert "A friend who has no account yet needs one elsewhere." in words(dialog)

    await online.press("Create")

    assert online.invites.all()[0].via is Via.CLIENT
    assert "A friend who has no account yet needs one elsewhere." in words(dialog)
    assert "cannot be revoked" not in words(dialog)


async def test_for_one_friend_alone_it_works_once_and_needs_no_word_about_accounts(online):
    online.server.invites = [of_server(1)]
    dialog = await online.open()
    await online.press("Options")
    online.choose("Works", "For up to 3 people")
    works = next(one for one in dialog.findChildren(QComboBox) if one.count() == 7)
    online.text("Only for").setText("juliet@capulet.lit")

    assert works.currentText() == "Once"
    assert not works.isEnabled()
    assert "elsewhere" not in words(dialog)
    assert "Anybody who gets this link" not in words(dialog)
    online.text("Only for").clear()
    assert works.currentText() == "For up to 3 people"
    assert works.isEnabled()
    assert "needs one elsewhere" in words(dialog)


async def test_where_the_server_makes_no_accounts_nothing_is_said_about_them(online):
    await online.open()
    await online.press("Options")
    online.choose("Lasts", "1 hour")
    await online.press("Create")

    assert "elsewhere" not in words(online.dialog)


async def test_p15_an_invitation_without_an_end_says_so(online):
    online.server.invites = [of_server(expires=None)]

    dialog = await online.open()

    assert "It works once, and does not expire." in words(dialog)


async def test_the_last_hours_are_told_by_the_clock(desk):
    await desk.open()
    await desk.press("Options")
    desk.choose("Lasts", "1 hour")
    await desk.press("Create")

    assert f"until {weekday(desk.invites.all()[0].expires)}" not in words(desk.dialog)
    assert "It works once, until " in words(desk.dialog)


# --- what becomes of the one that is shown -------------------------------------------------------


async def test_an_invitation_used_while_it_is_shown_gives_way_to_one_that_works(desk):
    dialog = await desk.open()
    await desk.press("Web link")
    used = desk.link

    desk.invites.redeem(desk.token, JULIET)
    await settle()

    assert desk.link != used
    said = words(dialog)
    assert "juliet@capulet.lit came by your invitation. Here is a new one." in said


@pytest.mark.parametrize("letters", ["x" * 1000, "a" + "\u0488" * 500, "क" + "\u093f" * 300])
async def test_m8_whoever_comes_with_an_endless_address_does_not_blow_up_the_window(desk, letters):
    dialog = await desk.open()
    before = dialog.size()
    guest = JID(letters, f"{'y' * 60}.{'y' * 60}.{'y' * 60}.test")

    desk.invites.redeem(desk.token, guest)
    await settle()
    QGuiApplication.processEvents()

    assert "came by your invitation. Here is a new one." in words(dialog)
    assert dialog.width() == before.width()
    assert dialog.height() < before.height() + 120
    assert ".test" in words(dialog)


async def test_one_for_many_stays_until_it_is_used_up(desk):
    await desk.open()
    await desk.press("Options")
    desk.choose("Works", "For up to 2 people")
    await desk.press("Create")
    shown = desk.link

    desk.invites.redeem(desk.token, JULIET)
    await settle()
    assert desk.link == shown
    assert "juliet@capulet.lit came by your invitation." in words(desk.dialog)
    assert "One more person who gets it can become your friend" in words(desk.dialog)
    desk.invites.redeem(desk.token, TYBALT)
    await settle()

    assert desk.link != shown
    assert desk.invites.all()[0].max_uses == 2


async def test_one_that_is_revoked_while_it_is_shown_disappears(desk):
    dialog = await desk.open()

    desk.invites.revoke(desk.invites.all()[0].id)
    await settle()

    assert "This invitation was revoked." in words(dialog)
    assert named(dialog, QAbstractButton, "Copy link") is None
    assert desk.text("Invitation link") is None
    assert len(desk.invites.all()) == 1
    await desk.press("New invitation")
    assert desk.link


async def test_one_that_ends_while_it_is_shown_disappears(desk):
    await desk.open()
    await desk.press("Options")
    desk.choose("Lasts", "1 hour")
    await desk.press("Create")
    assert 0 < desk.dialog._end.remainingTime() <= 3_600_000
    desk.stage.clock.advance(timedelta(hours=1))

    desk.dialog._end.timeout.emit()

    assert desk.text("Invitation link") is None


# --- for administrators --------------------------------------------------------------------------


def of_account(number=7, **changes):
    jid = replace(ROMEO, local="")
    return replace(ServerInvite(jid, f"{number:024}", NOW + LIFETIME, ibr=True), **changes)


async def test_r9_nobody_is_offered_what_the_server_does_not_offer(online):
    dialog = await online.open()

    assert ("offers accounts",) in online.server.asked
    assert named(dialog, QAbstractButton, "Invite someone to this server") is None


async def test_r9_an_administrator_invites_somebody_to_the_server(online):
    online.server.accounts = [of_account()]
    await online.open()
    await online.press("Invite someone to this server")
    (asking,) = online.window.findChildren(ServerDialog)
    named(asking, QLineEdit, "User name").setText("Paris")
    named(asking, QLineEdit, "For whom").setText("the count")
    named(asking, QCheckBox, "They become your friend").click()

    named(asking, QAbstractButton, "Create").click()
    await settle()

    assert online.server.asked[-2:] == [("account", "paris", False), ("offers accounts",)]
    assert online.dialog.windowTitle() == "Invite someone to this server"
    await online.press("Web link")
    assert online.link == f"xmpp:montague.lit?register;preauth={7:024}"
    assert "It creates one account on montague.lit, until" in heard(online.dialog)
    await online.press("New invitation")
    assert online.dialog.windowTitle() == "Invite a friend"
    assert parse_link(online.link).jid == ROMEO


@pytest.mark.parametrize("is_fixed", [True, False])
async def test_r9_a_user_name_that_the_server_ignores_is_said(online, is_fixed):
    fixed = {"jid": replace(ROMEO, local="paris")} if is_fixed else {}
    online.server.accounts = [of_account(**fixed)]
    await online.open()
    await online.press("Invite someone to this server")
    (asking,) = online.window.findChildren(ServerDialog)
    named(asking, QLineEdit, "User name").setText("Paris")

    named(asking, QAbstractButton, "Create").click()
    await settle()

    said = "The server did not take the user name; they choose it themselves."
    ignored = said in words(online.dialog)
    assert ignored is not is_fixed


@pytest.mark.parametrize("befriends", [True, False])
async def test_r9_that_the_server_makes_no_friends_of_it_is_said(online, befriends):
    online.server.accounts = [replace(of_account(), befriends=befriends)]
    await online.open()
    await online.press("Invite someone to this server")
    (asking,) = online.window.findChildren(ServerDialog)

    named(asking, QAbstractButton, "Create").click()
    await settle()

    said = "The server made it without you as their friend: send them an invitation of your own"
    assert (said in words(online.dialog)) is not befriends


async def test_r9_what_the_server_says_no_to_is_said_and_can_be_tried_again(online):
    online.server.accounts = []
    await online.open()
    await online.press("Invite someone to this server")
    (asking,) = online.window.findChildren(ServerDialog)
    create = named(asking, QAbstractButton, "Create")
    create.click()
    assert not create.isEnabled()
    await settle()

    assert "montague.lit said no" in words(asking)
    assert create.isEnabled()


@pytest.mark.parametrize("typed", ["a@b", "a/b", "a b c", "@"])
async def test_r9_what_is_no_user_name_is_not_sent(qtbot, typed):
    asking = ServerDialog(ROMEO)
    qtbot.addWidget(asking)
    asking.show()
    sent = []
    asking.confirmed.connect(lambda *what: sent.append(what))
    named(asking, QLineEdit, "User name").setText(typed)

    named(asking, QAbstractButton, "Create").click()

    assert sent == []
    assert "A user name is the part of an address before the @." in words(asking)


async def test_the_words_of_a_quiet_button_begin_where_the_column_begins(desk, dressed):
    dialog = await desk.open()
    button = named(dialog, QAbstractButton, "New invitation")
    picture = button.grab().toImage()
    ground = picture.pixelColor(0, 0)

    first = min(
        x
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y) != ground
    )

    link, corner = dialog.findChild(LinkField), QPoint()
    assert button.mapTo(dialog, corner).x() == link.mapTo(dialog, corner).x()
    assert first / picture.devicePixelRatio() <= 2  # the letter's own bearing


async def test_options_are_those_of_the_next_invitation_too(desk):
    await desk.open()
    await desk.create(For_whom="the choir")

    await desk.press("New invitation")

    assert [one.label for one in desk.invites.all()] == ["the choir", "the choir", ""]
    assert InviteOptions().label == ""


# --- whose guest it will have been (R11) ---------------------------------------------------------


async def test_r11_what_left_the_screen_ungiven_does_not_hide_for_whom_the_next_one_was(online):
    online.server.invites = [of_server(1), of_server(2)]
    await online.open()
    await online.create(For_whom="the choir")
    online.dialog.close()

    assert online.invites.let_in_by_server(JULIET)

    assert online.invites.invitation_of(JULIET).label == "the choir"


async def test_r11_of_two_that_were_given_away_nobody_knows_which_was_used(online):
    online.server.invites = [of_server(1), of_server(2)]
    await online.open()
    await online.press("Copy link")
    await online.create(For_whom="the choir")
    await online.press("Copy link")

    assert online.invites.let_in_by_server(JULIET)

    assert online.invites.invitation_of(JULIET) is None


async def test_r11_one_that_was_set_aside_still_lets_its_guest_be_recognised(online):
    online.server.invites = [of_server(1)]
    await online.open()
    await online.press("New invitation")

    assert online.invites.let_in_by_server(JULIET)

    assert online.invites.invitation_of(JULIET).via is Via.SERVER
