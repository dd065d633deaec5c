"""Why a person should look twice before trusting a link: one plain sentence for each reason."""

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from pars_desktop.core.links import Proposal
from pars_desktop.core.trust import Concern, Doubt
from pars_desktop.domain.link import Action
from pars_desktop.ui import errors
from pars_desktop.ui.plain_text import address, isolated

_DOUBTS = {
    Doubt.BLOCKED: QT_TRANSLATE_NOOP(
        "Doubts", "You have blocked this address. Adding it as a friend unblocks it."
    ),
    Doubt.SERVER_BLOCKED: QT_TRANSLATE_NOOP(
        "Doubts",
        "You have blocked everybody at {address}. Adding a friend there unblocks all of them.",
    ),
    Doubt.ADDRESS_LIKE_CONTACT: QT_TRANSLATE_NOOP(
        "Doubts", "Not the same as your contact {address}: the two addresses only look alike."
    ),
    Doubt.ADDRESS_LIKE_OURS: QT_TRANSLATE_NOOP(
        "Doubts", "Not your own address {address}: the two only look alike."
    ),
    Doubt.NAME_IN_USE: QT_TRANSLATE_NOOP(
        "Doubts", "You already call somebody else {name}: {address}."
    ),
    Doubt.NAME_LIKE_CONTACT: QT_TRANSLATE_NOOP(
        "Doubts", "The name only looks like {name}, as you call somebody else: {address}."
    ),
}
_NOT_SIGNED_IN = QT_TRANSLATE_NOOP(
    "Doubts", "This link is meant for {address}, which is not signed in here."
)
_SERVER = QT_TRANSLATE_NOOP("Doubts", "This is the address of a server, not of a person.")
_KEYS = QT_TRANSLATE_NOOP(
    "Doubts", "This link also says which encryption keys to trust. Pars does not use that."
)


def doubts(proposal: Proposal) -> list[str]:
    """Everything there is to say; nothing of it keeps the person from going on."""
    link = proposal.link
    said = [errors.warning(code) for code in link.warnings]
    said += map(sentence, proposal.concerns)
    if proposal.unknown_account is not None:
        said.append(_translate(_NOT_SIGNED_IN).format(address=address(proposal.unknown_account)))
    if link.jid is not None and not link.jid.local and link.action is not Action.REGISTER:
        said.append(_translate(_SERVER))
    if link.fingerprints:
        said.append(_translate(_KEYS))
    return said


def sentence(concern: Concern) -> str:
    """What speaks for a second look, in words."""
    return _translate(_DOUBTS[concern.doubt]).format(
        address=address(concern.jid), name=isolated(concern.name)
    )


def _translate(text: object) -> str:  # what PySide6 says QT_TRANSLATE_NOOP returns
    return QCoreApplication.translate("Doubts", str(text))
