"""XEP-0379: Pre-Authenticated Roster Subscription, as a slixmpp plugin of its own.

Nothing here knows this application, so that it could be offered to slixmpp as it stands.
"""

from typing import ClassVar

from slixmpp.jid import JID
from slixmpp.plugins.base import BasePlugin, register_plugin
from slixmpp.plugins.xep_0172.stanza import UserNick
from slixmpp.stanza import Presence
from slixmpp.xmlstream import ElementBase, StanzaBase, register_stanza_plugin
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import StanzaPath


class PreAuth(ElementBase):
    """The token inside a subscription request.

    .. code-block:: xml

        <presence to='romeo@montague.net' type='subscribe'>
          <preauth xmlns='urn:xmpp:pars:0' token='1tMFqYDdKhfe2pwp' />
        </presence>

    Stanza interface:

    - ``token``: what the invitation link carried as its ``preauth`` parameter
    """

    name = "preauth"
    namespace = "urn:xmpp:pars:0"
    plugin_attrib = "preauth"
    interfaces: ClassVar[set[str]] = {"token"}


class XEP_0379(BasePlugin):  # noqa: N801 - slixmpp names its plugins like this
    """XEP-0379: Pre-Authenticated Roster Subscription.

    Events:

    - ``preauth_subscribe``: a subscription request that carries a token came in; the data is the
      :class:`~slixmpp.stanza.Presence`. ``presence_subscribe`` is triggered as well. The token is
      not checked: whether it was issued, and may still be used, is for the application to decide.

    An application that issues tokens sets ``auto_authorize = None`` and ``auto_subscribe =
    False`` on the stream, or slixmpp approves every request by itself, token or not.
    """

    name = "xep_0379"
    description = "XEP-0379: Pre-Authenticated Roster Subscription"
    dependencies: ClassVar[set[str]] = set()
    namespace = PreAuth.namespace

    _HANDLER = "Pre-Authenticated Subscription"

    def plugin_init(self) -> None:
        """Register the stanza and the handler."""
        register_stanza_plugin(Presence, PreAuth)
        register_stanza_plugin(Presence, UserNick)
        self.xmpp.register_handler(
            Callback(self._HANDLER, StanzaPath("presence@type=subscribe/preauth"), self._on_request)
        )

    def plugin_end(self) -> None:
        """Remove the handler."""
        self.xmpp.remove_handler(self._HANDLER)

    def subscribe(self, jid: JID | str, token: str | None = None, nick: str | None = None) -> None:
        """Ask for a subscription, presenting the token of an invitation.

        The request goes to the bare JID, as RFC 6121 section 3.1.1 demands. It must be the first
        request to that JID: servers keep a pending one and drop those that follow it.

        :param jid: Who issued the invitation.
        :param token: The ``preauth`` parameter of the link; without one this is an ordinary
                      request.
        :param nick: What we call ourselves (XEP-0172).
        """
        self.make_request(jid, token, nick).send()

    def make_request(
        self, jid: JID | str, token: str | None = None, nick: str | None = None
    ) -> Presence:
        """Build what :meth:`subscribe` sends."""
        request = self.xmpp.make_presence(pto=JID(jid).bare, ptype="subscribe", pnick=nick)
        if token:
            request["preauth"]["token"] = token
        return request

    @staticmethod
    def token_of(presence: Presence) -> str | None:
        """The token of a subscription request.

        ``None`` if there is none, if it is empty, or if there are several, since a malformed
        element is to be treated as if it were absent (XEP-0379 section 4.1); and for every other
        type of presence.
        """
        if presence["type"] != "subscribe":
            return None
        found = presence.xml.findall(PreAuth.tag_name())
        return found[0].get("token") or None if len(found) == 1 else None

    def _on_request(self, presence: StanzaBase) -> None:
        self.xmpp.event("preauth_subscribe", presence)


register_plugin(XEP_0379)
