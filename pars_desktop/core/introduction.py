"""A new account and whoever invited it: friends by the server's hand, or by ours (interop R31)."""

import asyncio

from pars_desktop.core.account import Account, State
from pars_desktop.domain.errors import Offline, ServerSilent, Trouble
from pars_desktop.domain.jid import JID

PATIENCE = 5.0  # seconds, once online, for the server to say that both are friends


async def introduce(
    account: Account, inviter: JID, name: str, token: str | None, *, patience: float = PATIENCE
) -> bool:
    """Let the server make them friends, and ask as everybody does if it does not.

    With patience 0 it is not waited for. True: they are friends, or the wish is on disk and will
    be carried out. False: the server refused it.
    """
    if patience and await _made_friends(account, inviter, patience):
        await _name(account, inviter, name)
        return True
    try:
        await account.friends.add(inviter, name, token)
    except Trouble:
        return False
    return True


async def _made_friends(account: Account, inviter: JID, patience: float) -> bool:
    """Wait until the roster says so; False if it does not, some time after we are online."""
    while not _is_friend(account, inviter):
        online = account.status.state is State.ONLINE
        try:
            async with asyncio.timeout(patience if online else None):
                await _something_new(account)
        except TimeoutError:
            return False
    return True


async def _name(account: Account, inviter: JID, name: str) -> None:
    """Give them the name the person chose, as soon as the server takes it."""
    while name:
        try:
            await account.friends.rename(inviter, name)
        except (Offline, ServerSilent):
            await _something_new(account)
        except Trouble:
            return  # they are friends all the same
        else:
            return


def _is_friend(account: Account, inviter: JID) -> bool:
    contact = account.friends.contact(inviter)
    return contact is not None and contact.is_friend


async def _something_new(account: Account) -> None:
    """Wait until the account comes or goes, or its roster changes."""
    happened = asyncio.Event()

    def hear(*_: object) -> None:
        happened.set()

    signals = (account.status_changed, account.friends.changed, account.friends.reloaded)
    for signal in signals:
        signal.connect(hear)
    try:
        await happened.wait()
    finally:
        for signal in signals:
            signal.disconnect(hear)
