"""All accounts: the ones on disk, adding one, removing one, their passwords."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.core.account import Account, AccountStatus, State
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.errors import NoKeyring, SignInTrouble
from pars_desktop.domain.jid import JID
from pars_desktop.domain.text import one_line
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database

if TYPE_CHECKING:  # see core/account.py
    import asyncio

    from pars_desktop.core.ports import Clock, Network, Passwords
    from pars_desktop.core.waits import Waits


class Accounts:
    """Every account of this copy of the program; there may be none yet.

    They exist as soon as this object does, so that the window can be painted from disk. They get
    their network later (`set_network`), and are signed in by `start`.
    """

    def __init__(
        self,
        db: Database,
        passwords: "Passwords",
        clock: "Clock",
        tasks: Tasks,
        *,
        newcomer_group: str,
        waits: "Waits | None" = None,
    ) -> None:
        self.added: Signal[Account] = Signal()
        self.removed: Signal[JID] = Signal()
        self._db = db
        self._store = AccountStore(db)
        self._passwords = passwords
        self._clock = clock
        self._tasks = tasks
        self._newcomer_group = newcomer_group
        self._waits = waits
        self._network: Callable[[AccountSettings], Network] | None = None
        self._joining: list[Account] = []  # signing in for the first time
        self._accounts = {settings.jid: self._made(settings) for settings in self._store.all()}
        for account in self._accounts.values():
            account.settings_changed.connect(self._store.put)

    def all(self) -> tuple[Account, ...]:
        """Every account, in the order in which they were added."""
        return tuple(self._accounts.values())

    def get(self, jid: JID) -> Account | None:
        """The account with this address, or None."""
        return self._accounts.get(jid.bare)

    def set_network(self, factory: "Callable[[AccountSettings], Network]") -> None:
        """The network exists now: every account gets its own, also those that come later."""
        self._network = factory
        for account in (*self._accounts.values(), *self._joining):
            account.attach(factory(account.settings))

    async def start(self) -> None:
        """Sign everybody in whose password is kept; the others need theirs."""
        import asyncio

        await asyncio.gather(*(self._start(account) for account in self.all()))

    async def add(
        self, settings: AccountSettings, password: str, *, is_new: bool = False
    ) -> Account:
        """Sign in for the first time, or again with other settings; keep it once it has worked.

        Raises the SignInTrouble of the attempt, or NoKeyring if it worked but the password cannot
        be kept as chosen: then nothing is kept, and the account stays as it was. `is_new`: a server
        that lets us in has made it for us; from then on it is in the store, as with `adopt`.
        """
        known = self._accounts.get(settings.jid)
        if known is not None:
            return await self._sign_in_otherwise(known, settings, password)
        is_new = is_new or settings.jid in (each.jid for each in self._store.all())
        account = self._made(settings)
        self._joining.append(account)
        # Its rows hang on the account's, and the session writes some as soon as it stands.
        account.status_changed.connect(lambda status: self._put_if_online(account, status))
        if self._network is not None:
            account.attach(self._network(settings))
        try:
            await self._online(account, password)
            await self._passwords.put(account.jid, password, settings.keep_password)
        except BaseException:
            await account.sign_out()
            if not is_new:
                self._store.remove(account.jid)
            raise
        finally:
            self._joining.remove(account)
        self._accounts[account.jid] = account
        self._store.put(account.settings)
        account.settings_changed.connect(self._store.put)
        self.added.emit(account)
        return account

    async def adopt(
        self,
        settings: AccountSettings,
        password: str,
        network: "Callable[[AccountSettings], Network]",
    ) -> Account:
        """Keep an account that its server has just made, and sign it in over this network.

        It is in the store before anything else happens, since it cannot be made a second time: if
        the program ends while the keyring asks, the next start asks for the password. Raises
        NoKeyring if that cannot be kept as chosen: then it is one of ours only from the next start
        on, or when this is called again. If it is one of ours, whose password was reset, it signs
        in as with `add`.
        """
        known = self._accounts.get(settings.jid)
        if known is not None:
            return await self._sign_in_otherwise(known, settings, password)
        self._store.put(replace(settings, keep_password=KeepPassword.ASK))
        await self._passwords.put(settings.jid, password, settings.keep_password)
        self._store.put(settings)
        account = self._accounts[settings.jid] = self._made(settings)
        account.settings_changed.connect(self._store.put)
        account.attach(network(settings))
        account.sign_in(password)
        self.added.emit(account)
        return account

    async def give_password(self, jid: JID, password: str, keep: KeepPassword) -> None:
        """The person typed the password: sign in, and keep it once it has worked.

        Raises the SignInTrouble of the attempt unless trying again by itself may help; NoKeyring
        as `add` does.
        """
        account = self._accounts[jid.bare]
        if account.status.state is not State.ONLINE:
            outcome = self._outcome(account)
            account.sign_in(password)
            status = await outcome
            if status.state is State.WAITING:
                work = self._keep_when_online(account, password, keep)
                self._tasks.spawn(work, name="keep a password once it has worked")
                return
            if status.state is not State.ONLINE:
                raise status.trouble or SignInTrouble
        await self._keep_password(account, password, keep)

    async def remove(self, jid: JID) -> None:
        """Sign out and forget everything of it. Raises NoKeyring if its password may be left."""
        account = self._accounts.pop(jid.bare)
        await account.sign_out()
        self._store.remove(account.jid)
        self.removed.emit(account.jid)
        await self._passwords.forget(account.jid)

    def rename_me(self, jid: JID, your_name: str) -> None:
        """What friends are asked to save us under; invitations that are open say it at once."""
        account = self._accounts[jid.bare]
        account.change(replace(account.settings, your_name=one_line(your_name)))

    async def close(self) -> None:
        """Sign everybody out cleanly."""
        import asyncio

        await asyncio.gather(*(account.sign_out() for account in self.all()))

    def _made(self, settings: AccountSettings) -> Account:
        return Account(
            settings,
            self._db,
            self._clock,
            self._tasks,
            newcomer_group=self._newcomer_group,
            waits=self._waits,
        )

    async def _start(self, account: Account) -> None:
        try:
            password = await self._passwords.get(account.jid, account.settings.keep_password)
        except NoKeyring:
            password = None
        if account.status.state is not State.OFFLINE:
            return  # the person was faster
        if password:
            account.sign_in(password)
        else:
            account.needs_password()

    async def _sign_in_otherwise(
        self, account: Account, settings: AccountSettings, password: str
    ) -> Account:
        before = account.settings
        await account.sign_out()
        account.settings = replace(settings, best_mechanism=before.best_mechanism)
        try:
            await self._online(account, password)
            await self._passwords.put(account.jid, password, settings.keep_password)
        except BaseException:
            await account.sign_out()
            account.change(before)
            account.needs_password()
            raise
        account.change(account.settings)
        return account

    def _put_if_online(self, account: Account, status: AccountStatus) -> None:
        if status.state is State.ONLINE and account in self._joining:
            self._store.put(account.settings)

    async def _online(self, account: Account, password: str) -> None:
        """One attempt. Raises why it failed."""
        outcome = self._outcome(account)
        account.sign_in(password)
        status = await outcome
        if status.state is not State.ONLINE:
            raise status.trouble or SignInTrouble

    def _outcome(self, account: Account) -> "asyncio.Future[AccountStatus]":
        """How the next attempt to sign in ends, whichever way."""
        import asyncio

        outcome: asyncio.Future[AccountStatus] = asyncio.get_running_loop().create_future()

        def listen(status: AccountStatus) -> None:
            if status.state is State.CONNECTING:
                return
            account.status_changed.disconnect(listen)
            if not outcome.done():
                outcome.set_result(status)

        account.status_changed.connect(listen)
        return outcome

    async def _keep_when_online(self, account: Account, password: str, keep: KeepPassword) -> None:
        while account.status.state is not State.ONLINE:
            status = await self._outcome(account)
            if status.state not in (State.ONLINE, State.WAITING):
                return
        await self._keep_password(account, password, keep)

    async def _keep_password(self, account: Account, password: str, keep: KeepPassword) -> None:
        """Raises NoKeyring; then the account asks at each start. Else, nothing has changed."""
        try:
            await self._passwords.put(account.jid, password, keep)
        except NoKeyring:
            self._keep_in(account, KeepPassword.ASK)
            raise
        self._keep_in(account, keep)

    def _keep_in(self, account: Account, keep: KeepPassword) -> None:
        if keep is not account.settings.keep_password:
            account.change(replace(account.settings, keep_password=keep))
