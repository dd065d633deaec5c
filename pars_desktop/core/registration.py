"""A new account: created on a server, kept here, and friends with whoever invited (R28 to R35).

new = registrar.begin(plan)  # Plan.of_link(link), or Plan.at_server(text)
questions = await new.start()
account = await new.submit(user_name, password, answers, keep)
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    RegistrationTrouble,
    SignInTrouble,
    UserNameTaken,
    WrongPassword,
)
from pars_desktop.domain.form import Answer
from pars_desktop.domain.jid import JID
from pars_desktop.domain.provider import Provider
from pars_desktop.domain.registration import Plan, Questions
from pars_desktop.domain.text import one_line

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

    def set_network(self, connect: Connect) -> None:
        """The network exists now (`xmpp.registration.Registration`); whoever waits goes on."""
        self._connect = connect
        self._ready.set()

    def resume(self) -> None:
        """Go on with the friendship of a new account, if the program ended before it was settled.

        To be called before `Links.start`, which would ask the person about it once more.
        """
        jid, link = self._links.unsettled, self._links.waiting
        account = self._accounts.get(jid) if jid is not None else None
        plan = Plan.of_link(link) if link is not None else None
        if account is not None and plan is not None:
            self._links.hold()
            self.settle(plan, account, "", invited=True)

    async def close(self) -> None:
        """The program ends: hang up wherever an account was only begun."""
        await asyncio.gather(*(stream.close() for stream in self._streams))

    def suggested_user_name(self) -> str:
        """What the person is called elsewhere, or empty."""
        return next((account.jid.local for account in self._accounts.all()), "")

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

    async def keep(
        self, plan: Plan, settings: AccountSettings, password: str, stream: ports.Registration
    ) -> Account:
        """The server has made this account: keep it, and sign in on the same stream."""
        self._note(plan, settings.jid)
        return await self._accounts.adopt(settings, password, stream.network)

    async def sign_in(self, plan: Plan, settings: AccountSettings, password: str) -> Account:
        """The server may have made this account: see whether it lets us in, then keep it."""
        self._note(plan, settings.jid)
        return await self._accounts.add(settings, password, is_new=True)

    def settle(self, plan: Plan, account: Account, name: str, *, invited: bool) -> None:
        """The account is kept: now the friendship, in the background."""
        work = self._settle(plan, account, name, self._patience if invited else 0.0)
        self._tasks.spawn(work, name="settle a new account's friendship")

    def give_up(self, plan: Plan) -> None:
        """The person wants no account here. Without any, the link goes on waiting for one."""
        if plan.token:
            self._links.release(done=bool(self._accounts.all()))

    def _note(self, plan: Plan, account: JID) -> None:
        """For the case that the program ends before `settle` has ended."""
        if plan.token:
            self._links.meant_for(account)

    async def _settle(self, plan: Plan, account: Account, name: str, patience: float) -> None:
        done = True
        if plan.inviter is not None:
            done = await introduce(account, plan.inviter, name, plan.token, patience=patience)
            contact = account.friends.contact(plan.inviter)
            if contact is not None and contact.is_friend:
                self.befriended.emit(account, contact)
        if plan.token:
            self._links.release(done=done)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the person asked for last."""

    settings: AccountSettings
    password: str = field(repr=False)
    friend_name: str


class NewAccount:
    """One account being created, from the plan to the first session; one call at a time.

    Whatever a call raises, it can be made again, and goes on on the same stream if that stands.
    Every call may raise the SignInTrouble of the stream.
    """

    def __init__(self, plan: Plan, server: AccountSettings, registrar: Registrar) -> None:
        self.plan = plan
        self.created: JID | None = None  # the server has made it: what is left is `finish`
        self._server = server
        self._registrar = registrar
        self._stream: ports.Registration | None = None
        self._invited = True
        self._wanted: _Wanted | None = None
        self._unsure: tuple[JID, str] | None = None  # it was sent, and then the line broke

    @property
    def questions(self) -> Questions:
        """What the server asked last. After NotAccepted and QuestionsChanged: look again."""
        return self._stream.questions if self._stream is not None else Questions()

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
        your_name: str = "",
        friend_name: str = "",
    ) -> Account:
        """Create the account, after `start`, and `finish`. `friend_name`: for our inviter.

        Raises BadAddress for an impossible user name (nothing was sent), UserNameTaken,
        NotAccepted, QuestionsChanged, ServerRefused, and what `start` and `finish` raise.
        """
        if self._stream is None:
            raise AssertionError("not started")
        jid = self.plan.jid(self.plan.user_name or user_name)
        settings = replace(self._server, jid=jid, your_name=one_line(your_name))
        self._wanted = wanted = _Wanted(settings, password, friend_name.strip())
        try:
            await self._stream.create(jid, password, answers)
        except (SignInTrouble, asyncio.CancelledError):  # the person may cancel it, too
            self._unsure = (jid, password)
            raise
        except (UserNameTaken, InvitationRejected) as refusal:
            if self._unsure != (jid, password):
                raise
            return await self._recognize(wanted, keep, refusal)
        self.created = jid
        return await self.finish(keep)

    async def finish(self, keep: KeepPassword) -> Account:
        """Keep the account that the server has made; part of `submit`.

        Raises NoKeyring if its password cannot be kept like this: to be called again with another
        way; otherwise the next start asks for it. Signing in is tried until it works.
        """
        if self._stream is None or self._wanted is None or self.created is None:
            raise AssertionError("nothing was created")
        settings = replace(self._wanted.settings, keep_password=keep)
        password = self._wanted.password
        account = await self._registrar.keep(self.plan, settings, password, self._stream)
        await self._settled(account, self._wanted.friend_name)
        return account

    async def go_by(self, server: AccountSettings) -> None:
        """Reach the server another way from the next call on; see `Registrar.begin`."""
        self._server = replace(server, jid=self.plan.domain)
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.close()

    async def give_up(self) -> None:
        """Hang up. What the server has made and was not kept is not ours to delete."""
        stream, self._stream = self._stream, None
        self._registrar.give_up(self.plan)
        if stream is not None:
            await stream.close()

    async def _recognize(
        self, wanted: _Wanted, keep: KeepPassword, refusal: RegistrationTrouble
    ) -> Account:
        """The line broke before the answer: what the server has now may be what we created."""
        settings = replace(wanted.settings, keep_password=keep)
        try:
            account = await self._registrar.sign_in(self.plan, settings, wanted.password)
        except WrongPassword:
            raise refusal from None
        except NoKeyring:
            self.created = settings.jid
            raise
        await self._settled(account, wanted.friend_name)
        return account

    async def _settled(self, account: Account, friend_name: str) -> None:
        self.created = account.jid
        self._registrar.settle(self.plan, account, friend_name, invited=self._invited)
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.close()  # unless it is the account's by now
