"""A scripted server on which accounts are created, and what is tried on it."""

import base64
from xml.sax.saxutils import escape

import pytest

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.jid import JID
from pars_desktop.xmpp.client import Client
from pars_desktop.xmpp.registration import Registration
from tests.oracle import watched
from tests.xmpp.hostile import (
    BIND_OFFER,
    DOMAIN,
    PASSWORD,
    ScramServer,
    mechanisms,
    sasl,
)
from tests.xmpp.victims import QUICK

JULIET = JID("juliet", DOMAIN)
TOKEN = "uiliWdwH-token-of-a-test"
IBR = "<register xmlns='http://jabber.org/features/iq-register'/>"
TODAY = "<register xmlns='urn:xmpp:ibr-token:0'/>"
BEFORE = "<register xmlns='urn:xmpp:invite'/>"
LOGINS = mechanisms("SCRAM-SHA-256")
PLAIN_FIELDS = "<instructions>Choose.</instructions><username/><password/>"
PICTURE = b"\x89PNG of a test"
CID = "sha1+f24030b8d91d233bac14777be5ab531ca3b9f102@bob.xmpp.org"
REGISTER = "{jabber:iq:register}"
DATA = "{jabber:x:data}"


def form(*fields):
    return (
        "<instructions>Use a newer program.</instructions><x xmlns='jabber:x:data' type='form'>"
        "<title>New here?</title><instructions>Welcome!</instructions>"
        "<field type='hidden' var='FORM_TYPE'><value>jabber:iq:register</value></field>"
        "<field type='text-single' var='username' label='Name'><required/></field>"
        "<field type='text-private' var='password' label='Password'><required/></field>"
        f"{''.join(fields)}</x>"
    )


def captcha(uri=f"cid:{CID}", extra=""):
    """As ejabberd asks it (XEP-0158 §3, examples 7 and 8)."""
    return form(
        "<field type='hidden' var='challenge'><value>8128</value></field>"
        "<field type='text-single' var='captcha-fallback-url' label='Page'>"
        f"<value>https://{DOMAIN}/captcha/8128</value></field>"
        "<field type='text-single' var='ocr' label='What do you see?'>"
        f"<media xmlns='urn:xmpp:media-element'><uri type='image/png'>{uri}</uri></media>"
        "<required/></field>",
    ) + (extra or bits())


def bits(data=PICTURE, kind="image/png", cid=CID):
    text = base64.b64encode(data).decode()
    return f"<data xmlns='urn:xmpp:bob' cid='{cid}' type='{kind}' max-age='0'>{text}</data>"


class Office:
    """A server where accounts are created. Each step can be told to answer otherwise."""

    def __init__(self, *, offers=(IBR, TODAY, LOGINS), questions=PLAIN_FIELDS):
        self.offers = offers
        self.questions = questions
        self.good_tokens = {TOKEN}
        self.taken = set()
        self.refusals = []  # (type, condition, text) for the next attempts to create an account
        self.seen = []  # what was asked, in order
        self.submitted = []
        self.links = 0
        self.hangs_up_after = ""  # this step

    async def __call__(self, peer):
        self.links += 1
        await peer.to_tls()
        await peer.opens(*self.offers)
        while True:
            element = await peer.element()
            if element.tag.endswith("}auth"):
                self.seen.append("login")
                await self._log_in(peer, element)
                return
            if self._step(peer, element) == self.hangs_up_after:
                self.hangs_up_after = ""
                return

    async def _log_in(self, peer, auth):
        scram = ScramServer(auth, PASSWORD)
        peer.say(sasl("challenge", scram.challenge()))
        peer.say(sasl("success", scram.final(await peer.element("response"))))
        await peer.opens(BIND_OFFER)
        await peer.binds()
        await peer.listen()

    def _step(self, peer, iq):
        payload = iq[0]
        name = payload.tag.rpartition("}")[2]
        if name == "preauth":
            self.seen.append("token")
            good = payload.get("token") in self.good_tokens
            peer.say(result(iq) if good else error(iq, "cancel", "item-not-found", "no"))
        elif iq.get("type") == "get":
            self.seen.append(name := "questions")
            peer.say(result(iq, f"<query xmlns='jabber:iq:register'>{self.questions}</query>"))
        else:
            self.seen.append(name := "account")
            self.submitted.append(payload)
            peer.say(self._decision(iq, payload))
        return name

    def _decision(self, iq, query):
        if self.refusals:
            return error(iq, *self.refusals.pop(0))
        if answers(query)["username"] in self.taken:
            return error(iq, "cancel", "conflict", "already exists")
        return result(iq)


def result(iq, payload=""):
    return f"<iq type='result' id='{iq.get('id')}' from='{DOMAIN}'>{payload}</iq>"


def error(iq, kind, condition, text=""):
    stanzas = "urn:ietf:params:xml:ns:xmpp-stanzas"
    return (
        f"<iq type='error' id='{iq.get('id')}' from='{DOMAIN}'><error type='{kind}'>"
        f"<{condition} xmlns='{stanzas}'/><text xmlns='{stanzas}'>{escape(text)}</text>"
        "</error></iq>"
    )


def answers(query):
    """What was sent back, whichever shape it has."""
    fields = query.findall(f"{DATA}x/{DATA}field")
    if fields:
        return {each.get("var"): each.findtext(f"{DATA}value") for each in fields}
    return {each.tag.removeprefix(REGISTER): each.text for each in query}


@pytest.fixture
async def register(ca):
    """Makes a Registration at the scripted server; all of them are closed in the end."""
    made = []

    def build(server, *, deadline=2.0, direct_tls=False):
        def new_client(settings, password):
            return Client(
                str(settings.jid),
                password,
                ca_file=settings.ca_file,
                best_mechanism=settings.best_mechanism,
                session_deadline=deadline,
            )

        async def lookup(domain):
            return [("xmpps-client" if direct_tls else "xmpp-client", "127.0.0.1", server.port)]

        settings = AccountSettings(JID("", DOMAIN), ca_file=str(ca.certificate))
        made.append(Registration(settings, new_client, timing=QUICK, lookup=lookup))
        return made[-1]

    async with watched((PASSWORD, TOKEN)):
        yield build
        for registration in made:
            await registration.close()
