"""The universal oracle, for the account that the scripted server knows."""

from xml.etree.ElementTree import Element

from tests import oracle
from tests.xmpp.hostile import DOMAIN, JID, PASSWORD

SECRET_BODY = "hush-hush-0451"  # put it into messages that must not be logged
SECRETS = (PASSWORD, SECRET_BODY)


def to_strangers(elements: list[Element]) -> list[Element]:
    """What went to anybody but our own account and server, besides the one allowed answer."""
    return oracle.to_strangers(elements, (JID, DOMAIN))
