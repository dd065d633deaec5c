"""A new account: created on a server, kept here, and friends with whoever invited (R28 to R35).

new = registrar.begin(plan)  # Plan.of_link(link), or Plan.at_server(text)
questions = await new.start()
account = await new.submit(user_name, password, answers, keep)
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from weakref import WeakSet

from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.core import ports
from pars_desktop.core.account import Account
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.introduction import PATIENCE, introduce
from pars_desktop.core.links import Links
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.contact import Contact
from pars_desktop.domain.errors import (
    InvitationRejected,
    NoKeyring,
    SignInTrouble,
    StorageFailed,
    Trouble,
    UserNameTaken,
    WrongPassword,
)
from pars_desktop.domain.form import Answer
from pars_desktop.domain.jid import JID
from pars_desktop.domain.provider import Provider
from pars_desktop.domain.registration import Plan, Questions

Connect = Callable[[AccountSettings], ports.Registration]


class Registrar:
    """Begins new accounts. It exists before the network does, as `Accounts` do."""

    def __init__(
        self,
        accounts: Accounts,
        links: Links,
        tasks: Tasks,
        providers: Callable[[], Sequence[Provider]] = tuple,
        *,
        patience: float = PATIENCE,
    ) -> None:
        """`providers` reads the list of servers to choose from; `patience`: see `introduce`."""
        self.befriended: Signal[Account, Contact] = Signal()  # by the server's hand (R31)
        self.providers = providers
        self._accounts = accounts
        self._links = links
        self._tasks = tasks
        self._patience = patience
        self._connect: Connect | None = None
        self._ready = asyncio.Event()
        self._streams: WeakSet[ports.Registration] = WeakSet()
        self._turns: dict[JID, asyncio.Lock] = {}

    def set_network(self, connect: Connect) -> None:
        """The network exists now (`xmpp.registration.Registration`); whoever waits goes on."""
        self._connect = connect
        self._ready.set()

    def resume(self) -> None:
        """Go on with a new account and its friendship, if the program ended before it was settled.

        To be called before `Links.start`, which would ask the person about it once more.
        """
        jid, link = self._links.unsettled, self._links.waiting
        plan = Plan.of_link(link) if jid is not None and link is not None else None
        if plan is not None:
            self._links.hold()
        doubtful = self._accounts.in_doubt()
        for account in doubtful:
            work = self._find_out(account, plan if account.jid == jid else None)
            self._tasks.spawn(work, name="see whether an account was made")
        settled = self._accounts.get(jid) if jid is not None else None
        if settled is not None and plan is not None and settled not in doubtful:
            self.settle(plan, settled, "", invited=True)

    async def close(self) -> None:
        """The program ends: hang up wherever an account was only begun."""
        await asyncio.gather(*(stream.close() for stream in self._streams))

    def suggested_user_name(self, server: JID) -> str:
        """What the person is called elsewhere, or empty; never a name they have on this server."""
        name = next((account.jid.local for account in self._accounts.all()), "")
        return name if self._accounts.get(JID(name, server.domain)) is None else ""

    def begin(self, plan: Plan, server: AccountSettings | None = None) -> "NewAccount":
        """Prepare a new account; nothing is sent before `NewAccount.start`.

        If the plan came by a link, the one in `Links` (waiting, or shown) stays on disk until the
        friendship is settled or the person gives up, and is not proposed meanwhile. Of `server`
        count host, port and ca_file: a person may choose how the server is reached.
        """
        if plan.token:
            self._links.hold()
        server = replace(server or AccountSettings(plan.domain), jid=plan.domain)
        return NewAccount(plan, server, self)

    # --- what a NewAccount needs -----------------------------------------------------------------

    async def stream(self, server: AccountSettings) -> ports.Registration:
        """A way to create accounts on a server, as soon as there is a network."""
        while self._connect is None:
            await self._ready.wait()
        stream = self._connect(server)
        self._streams.add(stream)
        return stream

    def turn(self, account: JID) -> asyncio.Lock:
        """One attempt at an account is over before the next one begins."""
        return self._turns.setdefault(account, asyncio.Lock())

    def is_ours(self, account: JID) -> bool:
        """It is among the accounts already."""
        return self._accounts.get(account) is not None

    async def prepare(self, plan: Plan, settings: AccountSettings, password: str) -> None:
        """Keep what is needed to go on if the program ends before the server's answer is kept."""
        await self._accounts.prepare(settings, password)
        if plan.token:
            self._links.meant_for(settings.jid)

    async def prepared(self, account: JID) -> str | None:
        """The password of an earlier attempt, if the account may have been made by it."""
        return await self._accounts.prepared(account)

    async def discard(self, account: JID) -> None:
        """The server has not made this account."""
        await self._accounts.discard(account)

    async def adopt(
        self, settings: AccountSettings, password: str, stream: ports.Registration
    ) -> Account:
        """The server has made this account: sign in on the same stream."""
        return await self._accounts.adopt(settings, password, stream.network)

    async def sign_in(self, settings: AccountSettings, password: str) -> Account:
        """The server may have made this account: see whether it lets us in."""
        return await self._accounts.add(settings, password, is_new=True)

    def settle(self, plan: Plan, account: Account, name: str, *, invited: bool) -> None:
        """The account is kept: now the friendship, in the background."""
        work = self._settle(plan, account, name, self._patience if invited else 0.0)
        self._tasks.spawn(work, name="settle a new account's friendship")

    def give_up(self, plan: Plan) -> None:
        """The person wants no account here. Without any, the link goes on waiting for one."""
        if plan.token:
            self._links.release(done=bool(self._accounts.all()))

    async def _find_out(self, account: Account, plan: Plan | None) -> None:
        """The program ended before the server's answer was kept. If there is no such account, all
        is as if it had never been wanted, and the link waits for another one."""
        if await self._accounts.turns_out(account):
            if plan is not None:
                await self._settle(plan, account, "", self._patience)
            return
        with suppress(NoKeyring, StorageFailed):
            await self._accounts.remove(account.jid)
        if plan is not None:
            self._links.release(done=False)
            self._links.start()

    async def _settle(self, plan: Plan, account: Account, name: str, patience: float) -> None:
        done = True
        if plan.inviter is not None:
            done = await introduce(account, plan.inviter, name, plan.token, patience=patience)
            contact = account.friends.contact(plan.inviter)
            if contact is not None and contact.is_friend:
                self.befriended.emit(account, contact)
        if plan.token:
            self._links.release(done=done)


class NewAccount:
    """One account being created, from the plan to the first session; one call at a time.

    Whatever a call raises, it can be made again, and goes on on the same stream if that stands.
    Every call may raise the SignInTrouble of the stream.
    """

    def __init__(self, plan: Plan, server: AccountSettings, registrar: Registrar) -> None:
        self.sending: Signal[()] = Signal()  # the password is kept: now the server is asked
        self.password = ""  # the account's, in the end: that of an earlier attempt if that made it
        self.plan = plan
        self._server = server
        self._registrar = registrar
        self._stream: ports.Registration | None = None
        self._invited = True
        # It was sent, and then the line broke: with this password.
        self._unsure: tuple[AccountSettings, str] | None = None

    @property
    def questions(self) -> Questions:
        """What the server asked last. After NotAccepted and QuestionsChanged: look again."""
        return self._stream.questions if self._stream is not None else Questions()

    @property
    def may_be_made(self) -> bool:
        """The server was asked to make it, and its answer is not known: the same name and password
        once more will tell, or else the next start."""
        return self._unsure is not None

    async def start(self, *, invited: bool = True) -> Questions:
        """Connect, show the invitation if the plan has one, and get the server's questions.

        Raises InvitationRejected and InvitationsNotTaken: then `invited=False` tries without it,
        to be called only if the person agrees; RegistrationNotOffered, NeedsWebPage.
        """
        self._invited = invited
        if self._stream is None:
            self._stream = await self._registrar.stream(self._server)
        return await self._stream.ask(self.plan.token if invited else None)

    async def submit(
        self,
        user_name: str,
        password: str,
        answers: Mapping[str, Answer],
        keep: KeepPassword,
        *,
        friend_name: str = "",
    ) -> Account:
        """Create the account, after `start`, and begin to sign in. `friend_name`: for our inviter.

        Raises BadAddress for an impossible user name, NoKeyring if its password cannot be kept like
        this, and StorageFailed: then nothing was sent. Raises UserNameTaken, NotAccepted,
        QuestionsChanged, ServerRefused, and what `start` raises.
        """
        if self._stream is None:
            raise AssertionError("not started")
        jid = self.plan.jid(self.plan.user_name or user_name)
        settings = replace(self._server, jid=jid, keep_password=keep)
        async with self._registrar.turn(jid):
            if not self.plan.user_name and self._registrar.is_ours(jid):
                raise UserNameTaken
            account = await self._account(self._stream, settings, password, answers)
            await self._settled(account, friend_name.strip())
        return account

    async def _account(
        self,
        stream: ports.Registration,
        settings: AccountSettings,
        password: str,
        answers: Mapping[str, Answer],
    ) -> Account:
        jid = settings.jid
        self.password = password
        earlier = await self._registrar.prepared(jid)
        if earlier == password:
            self._unsure = (settings, password)
        account = None
        if earlier is not None and earlier != password:
            account = await self._made_earlier(settings, earlier)
        return account or await self._made(stream, settings, password, answers)

    async def go_by(self, server: AccountSettings) -> None:
        """Reach the server another way from the next call on; see `Registrar.begin`."""
        self._server = replace(server, jid=self.plan.domain)
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.close()

    async def give_up(self) -> None:
        """Hang up. If the account may have been made, see whether it was: then it is there. While
        its server does not answer that stays open, and the next start finds out."""
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.close()
        if self._unsure is not None:
            settings, password = self._unsure
            async with self._registrar.turn(settings.jid):
                if await self._turned_out(settings, password):
                    return
        self._registrar.give_up(self.plan)

    async def _turned_out(self, settings: AccountSettings, password: str) -> bool:
        try:
            account = await self._made_earlier(settings, password)
        except Trouble:
            return False
        if account is None:
            await self._registrar.discard(settings.jid)
            return False
        await self._settled(account, "")
        return True

    async def _made(
        self,
        stream: ports.Registration,
        settings: AccountSettings,
        password: str,
        answers: Mapping[str, Answer],
    ) -> Account:
        await self._registrar.prepare(self.plan, settings, password)
        self.sending.emit()
        try:
            await stream.create(settings.jid, password, answers)
        except (SignInTrouble, asyncio.CancelledError):  # the person may cancel it, too
            self._unsure = (settings, password)
            raise
        except Trouble as refusal:
            return await self._recognized(settings, password, refusal)
        return await self._registrar.adopt(settings, password, stream)

    async def _made_earlier(self, settings: AccountSettings, password: str) -> Account | None:
        """What an attempt whose answer is not known has made, or None."""
        try:
            account = await self._registrar.sign_in(settings, password)
        except WrongPassword:
            return None
        self.password = password
        return account

    async def _recognized(
        self, settings: AccountSettings, password: str, refusal: Trouble
    ) -> Account:
        """The line broke before an earlier answer: what the server has may be what we created.

        Raises the refusal if it is not: then nothing of it is kept.
        """
        sent, used = self._unsure or (None, "")
        if sent is not None and (sent.jid, used) == (settings.jid, password):
            if not isinstance(refusal, UserNameTaken | InvitationRejected):
                raise refusal
            with suppress(WrongPassword):
                return await self._registrar.sign_in(settings, password)
            self._unsure = None
        await self._registrar.discard(settings.jid)
        raise refusal

    async def _settled(self, account: Account, friend_name: str) -> None:
        self._unsure = None
        self._registrar.settle(self.plan, account, friend_name, invited=self._invited)
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.close()  # unless it is the account's by now
