"""Nothing secret is in the repr of a fact: reprs end up in logs and tracebacks (P-17)."""

from datetime import UTC, datetime, timedelta

import pytest

from pars_desktop.domain.contact import SubscriptionRequest
from pars_desktop.domain.invite import Invite, ServerInvite
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Direction, Message
from pars_desktop.domain.settings import Settings
from pars_desktop.domain.uri import invitation_link, parse_link
from pars_desktop.store.approvals import Intent

JULIET = JID.trusted("juliet@capulet.lit")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
SECRET = "1tMFqYDdKhfe2pwp"
LINK = invitation_link(JULIET, SECRET)

FACTS = {
    "link": parse_link(LINK),
    "text of a link": parse_link(f"xmpp:{JULIET}?message;body={SECRET}"),
    "invitation": Invite(1, JULIET, NOW, LATER, link=LINK),
    "invitation's page": Invite(1, JULIET, NOW, LATER, page=f"https://capulet.lit/#{SECRET}"),
    "server's invitation": ServerInvite(JULIET, SECRET, LATER, page=f"https://a.lit/#{SECRET}"),
    "request": SubscriptionRequest(JULIET, SECRET),
    "intent": Intent(JULIET, JULIET, "", "", SECRET, LATER, NOW),
    "message": Message(JULIET, Direction.OUT, SECRET, NOW),
    "settings": Settings(waiting_link=LINK),
}


@pytest.mark.parametrize("kind", FACTS)
def test_p17_no_token_and_no_text_is_in_a_repr(kind):
    assert SECRET not in repr(FACTS[kind])
