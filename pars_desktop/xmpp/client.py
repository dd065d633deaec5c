"""The XMPP client: slixmpp's, hardened against servers and peers that mean harm.

What slixmpp leaves to us, and why: its stream negotiation (see `negotiation`), its XML parser
(`parser`), its SASL (`sasl`), its stream management (`stream_management`) and what it does with
stanzas from strangers (`guard`) are replaced. This module joins them.

None of slixmpp's plugins for extensions is loaded: they tend to answer strangers and to announce
themselves, and what we need of their XML we read and write ourselves (`reading`). The only one is
our own (`preauth`), which the roster brings along.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from xml.etree.ElementTree import Element, SubElement

import slixmpp
from slixmpp.stanza import Iq
from slixmpp.stanza.rootstanza import RootStanza
from slixmpp.xmlstream import StanzaBase
from slixmpp.xmlstream.xmlstream import NotConnectedError

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import Offline
from pars_desktop.domain.jid import JID
from pars_desktop.xmpp.endpoints import is_ip
from pars_desktop.xmpp.names import PING
from pars_desktop.xmpp.stream import Stream
from pars_desktop.xmpp.tls import tls_context

# At DEBUG slixmpp logs every byte that is sent: passwords, tokens and messages. Whoever listens
# (a test, a debugger), and however `system.logs` is set up, this is what nobody is to get.
logging.getLogger("slixmpp").setLevel(logging.WARNING)


def make_client(settings: AccountSettings, password: str) -> "Client":
    """A client for this account. Raises CertificateFileUnusable."""
    return Client(
        str(settings.jid),
        password,
        ca_file=settings.ca_file,
        best_mechanism=settings.best_mechanism,
    )


class Client(Stream):
    """One account's stream. `dial` connects once; reconnecting is `connection.Connection`'s.

    Events besides slixmpp's: `session_start` comes when stream management already runs;
    `session_resumed` instead of it when nothing was lost; `session_end` when a session that could
    have been resumed is lost; `stanza_acked` for each stanza our server has; `disconnected`
    whenever the link is gone, when `trouble` says why.

    Whatever is sent without a session raises Offline. Requests are `session.Session`'s.
    """

    def __init__(
        self,
        jid: str,
        password: str,
        *,
        ca_file: str = "",
        best_mechanism: str = "",
        session_deadline: float = 20.0,
    ) -> None:
        super().__init__(
            jid,
            password,
            ca_file=ca_file,
            best_mechanism=best_mechanism,
            deadline=session_deadline,
        )
        self._ca_file = ca_file
        self.end_session_on_disconnect = False  # that is up to stream management
        self.auto_authorize = None  # slixmpp's default accepts every stranger
        self.auto_subscribe = False
        self.add_filter("out_sync", self._goes)

    # --- what the program sees -------------------------------------------------------------------

    @property
    def in_session(self) -> bool:
        """Stanzas can be sent now."""
        return bool(self._session_started)

    @property
    def mechanism(self) -> str:
        """The SASL mechanism that logged us in."""
        return self._negotiation.mechanism

    @property
    def pinned(self) -> str:
        """The strongest SASL mechanism chosen so far; nothing weaker is used any more."""
        return self._negotiation.pinned

    async def dial(self, host: str, port: int, *, direct_tls: bool) -> None:
        """Connect once. The certificate must be for the account's domain, whatever the host."""
        self.trouble = None
        self.init_plugins()
        if self._run_out_filters is None or self._run_out_filters.done():
            self._run_out_filters = asyncio.ensure_future(self.run_filters())
        context = None
        if direct_tls:
            context = tls_context(self._ca_file)
            context.set_alpn_protocols(["xmpp-client"])  # XEP-0368 §4
        await asyncio.get_running_loop().create_connection(
            lambda: self,
            host,
            port,
            ssl=context,
            server_hostname=self._domain if direct_tls else None,
            # One address needs no race, in which a cancellation can lose a socket (asyncio).
            happy_eyeballs_delay=None if is_ip(host) else 0.25,
        )

    # --- before there is an account (XEP-0077, XEP-0445) -----------------------------------------

    def wait_before_login(self, secured: Callable[[Element], None]) -> None:
        """Once the link is encrypted do not log in: `secured` gets what the server offers there.

        While it waits, and a person thinks, the time to sign in does not run.
        """

        def take(features: Element) -> None:
            self._deadline.stop()
            secured(features)

        self._negotiation.before_login = take

    @property
    def waits_before_login(self) -> bool:
        """The link is encrypted, and waits for `ask_before_login` and `log_in`."""
        return self._negotiation.waits

    def ask_before_login(
        self, payload: str, answered: Callable[[Element], None], *, kind: str
    ) -> None:
        """Ask the server on a link that waits; it has the time of a sign-in for the answer.

        Raises Offline if it does not wait, before TLS say.
        """
        if not self.waits_before_login:
            raise Offline

        def take(answer: Element) -> None:
            self._deadline.stop()
            answered(answer)

        self._deadline.start()
        self._negotiation.request(payload, take, kind=kind, to=self._domain)

    def log_in(self, jid: JID, password: str) -> bool:
        """Be this account of the same server from now on, and log in on the link that waits.

        False if that link is gone: then `dial`.
        """
        self.requested_jid = self.boundjid = slixmpp.JID(str(jid))
        if self.waits_before_login:
            self._deadline.start()
        return self._negotiation.log_in(jid.local, password)

    async def close(self, wait: float = 2.0) -> None:
        """Close the stream cleanly, after what is queued; for good."""
        gone = self.disconnected
        if self.in_session:
            with suppress(TimeoutError, NotConnectedError):
                async with asyncio.timeout(wait):
                    await self.waiting_queue.join()
                    self.sm.acknowledge()
                    self.send_raw(self.stream_footer)
                    await asyncio.shield(gone)
        if self.transport is not None:
            self.abort()
            await asyncio.shield(gone)
        self.sm.forget()
        await self._negotiation.close()
        if self._run_out_filters is not None:
            self._run_out_filters.cancel()
            await asyncio.gather(self._run_out_filters, return_exceptions=True)

    # --- what goes out ---------------------------------------------------------------------------

    def new_ping(self) -> Iq:
        """A request that only asks our server whether it is there (XEP-0199 §4.2)."""
        ping = self.make_iq_get(ito=self._domain)
        SubElement(ping.xml, f"{{{PING}}}ping")
        return ping

    def send(self, data: StanzaBase | str, use_filters: bool = True) -> None:
        """Hand a stanza to the stream. slixmpp's would keep it for the next session."""
        if self._session_started or not use_filters:
            self.waiting_queue.put_nowait((data, use_filters))
        else:
            raise Offline

    def connection_lost(self, exception: BaseException | None) -> None:
        """The link is gone (asyncio)."""
        self.handle_rest()
        self._keep_unsent()
        super().connection_lost(exception)

    def _goes(self, stanza: StanzaBase) -> StanzaBase:
        if isinstance(stanza, RootStanza):
            if receiver := stanza.xml.get("to"):
                stanza.xml.set("to", self._addresses.real(receiver))
            self.sm.goes(stanza)
        return stanza

    def _keep_unsent(self) -> None:
        """Stanzas still in the queue count as sent and lost: resumption sends them again."""
        while not self.waiting_queue.empty():
            stanza, use_filters = self.waiting_queue.get_nowait()
            if use_filters and isinstance(stanza, StanzaBase):
                self._goes(stanza)
            self.waiting_queue.task_done()

    def _start_keepalive(self, event: object) -> None:
        """Nothing: `connection` has its own, which notices a dead link."""
