"""All accounts: the ones on disk, adding one, removing one, their passwords."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.core.account import Account, AccountStatus, State
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.errors import NoKeyring, SignInTrouble, StorageFailed, WrongPassword
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

        Of an account that is there the name and the pinned login stay: nobody is asked for them.
        Raises the SignInTrouble of the attempt, or NoKeyring or StorageFailed if it worked but the
        password cannot be kept as chosen: then nothing is kept, and the account stays as it was.
        `is_new`: it was prepared, and stays so.
        """
        known = self._accounts.get(settings.jid)
        if known is not None:
            return await self._sign_in_otherwise(known, settings, password)
        prepared = next((each for each in self._store.all() if each.jid == settings.jid), None)
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
            if prepared is not None:
                self._store.put(prepared, being_made=True)
            elif not is_new:
                self._store.remove(account.jid)
            raise
        finally:
            self._joining.remove(account)
        self._accounts[account.jid] = account
        self._store.put(account.settings)
        account.settings_changed.connect(self._store.put)
        self.added.emit(account)
        return account

    async def prepare(self, settings: AccountSettings, password: str) -> None:
        """Keep an account and its password, before its server is asked to make it.

        It is made only once: whenever the program ends, what is needed to sign in is there. Then
        comes `adopt`, or `discard`; after neither it is `in_doubt` at the next start. One of ours,
        whose password is about to be reset, keeps the one it has until the server says yes. Raises
        NoKeyring and StorageFailed: then the server must not be asked.
        """
        if settings.jid in self._accounts:
            await self._passwords.get(settings.jid, settings.keep_password)  # is there such a place
            return
        await self._passwords.put(settings.jid, password, settings.keep_password)
        self._store.put(settings, being_made=True)

    async def adopt(
        self,
        settings: AccountSettings,
        password: str,
        network: "Callable[[AccountSettings], Network]",
    ) -> Account:
        """Its server has made the account that was prepared: sign it in over this network.

        One of ours, whose password was reset, signs in anew over its own. Raises nothing.
        """
        known = self._accounts.get(settings.jid)
        if known is not None:
            try:
                await self._passwords.put(known.jid, password, settings.keep_password)
            except (NoKeyring, StorageFailed):
                settings = replace(settings, keep_password=KeepPassword.ASK)
            try:
                await known.sign_out()
            finally:  # also if the person loses patience: the old password is of no use now
                known.change(self._with_what_stays(known, settings))
                known.sign_in(password)
            return known
        with suppress(StorageFailed):  # it stays in doubt, and signing in will tell
            self._store.put(settings)
        account = self._accounts[settings.jid] = self._made(settings)
        account.settings_changed.connect(self._store.put)
        account.attach(network(settings))
        account.sign_in(password)
        self.added.emit(account)
        return account

    async def discard(self, jid: JID) -> None:
        """Its server has refused to make what was prepared: all is as it was before."""
        if self.get(jid) is not None:
            return
        with suppress(NoKeyring, StorageFailed):  # the person should hear why it was refused
            self._store.remove(jid)
            await self._passwords.forget(jid)

    async def prepared(self, jid: JID) -> str | None:
        """The password that was kept for an account which may have been made: it was prepared
        before, and the answer of its server is not known. Raises NoKeyring."""
        if self.get(jid) is not None or jid not in self._store.being_made():
            return None
        keep = next(each.keep_password for each in self._store.all() if each.jid == jid)
        return await self._passwords.get(jid, keep)

    def in_doubt(self) -> tuple[Account, ...]:
        """Those that were prepared in an earlier run, which ended before their servers' answer."""
        return tuple(self._accounts[jid] for jid in self._store.being_made() if self.get(jid))

    async def turns_out(self, account: Account) -> bool:
        """Whether an account in doubt was made: False if its server does not know the password
        that we kept for it. Waits for as long as that takes.

        True also if none is kept: then it is the person's to say.
        """
        while (status := account.status).state is not State.ONLINE:
            if status.state is State.NEEDS_PASSWORD:
                return not isinstance(status.trouble, WrongPassword)
            await self._outcome(account)
        self._store.put(account.settings)
        return True

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
        """Sign out and forget everything of it. The account on its server stays as it is.

        Raises StorageFailed; if it is still one of ours then, nothing was deleted, and it signs in
        again. Else that, or NoKeyring, means that its password may be left.
        """
        account = self._accounts[jid.bare]
        await account.sign_out()
        try:
            self._store.remove(account.jid)
        except StorageFailed:
            await self._start(account)
            raise
        del self._accounts[account.jid]
        account.settings_changed.disconnect(self._store.put)  # or it would be written once more
        self.removed.emit(account.jid)
        await self._passwords.forget(account.jid)

    def rename_me(self, jid: JID, your_name: str) -> None:
        """What friends are asked to save us under; links that exist already stay as they are."""
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

    async def _kept(self, account: Account) -> str | None:
        try:
            return await self._passwords.get(account.jid, account.settings.keep_password)
        except NoKeyring:
            return None

    async def _start(self, account: Account) -> None:
        password = await self._kept(account)
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
        account.settings = self._with_what_stays(account, settings)
        try:
            await self._online(account, password)
            await self._passwords.put(account.jid, password, settings.keep_password)
        except BaseException:
            await account.sign_out()
            account.change(before)
            await self._start(account)  # with the password that it had
            raise
        account.change(account.settings)
        return account

    def _with_what_stays(self, account: Account, settings: AccountSettings) -> AccountSettings:
        before = account.settings
        return replace(settings, your_name=before.your_name, best_mechanism=before.best_mechanism)

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
        """Raises NoKeyring; then the account asks at each start. Raises StorageFailed; then nothing
        has changed. Else, where it was asked for each time and stays so, there is nothing to keep.
        """
        if keep is account.settings.keep_password is KeepPassword.ASK:
            return
        try:
            await self._passwords.put(account.jid, password, keep)
        except NoKeyring:
            self._keep_in(account, KeepPassword.ASK)
            raise
        self._keep_in(account, keep)

    def _keep_in(self, account: Account, keep: KeepPassword) -> None:
        if keep is not account.settings.keep_password:
            account.change(replace(account.settings, keep_password=keep))
