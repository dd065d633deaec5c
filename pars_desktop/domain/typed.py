"""What a person typed or pasted where a link or an address is wanted: perhaps a whole message.

Never for links that the desktop hands over: those have to be links as they stand.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from pars_desktop.domain.link import Action, Link, Refused, Warn
from pars_desktop.domain.uri import parse_link, typed_link

# None of these is part of a link: spaces, angle brackets, the quotation marks of many languages.
_AROUND = re.compile('[\\s<>"\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a`|]+')
_BEFORE, _AFTER = "([{'\u2018\u201a*_", ")]}'\u2019\u2026*_.,;:!?"
_LINK = re.compile(r"(?:xmpp:|imto://|https?://).*", re.IGNORECASE)
_PAGE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+/.+", re.IGNORECASE)  # without its https://
_BETWEEN = re.compile(r"[,;:?/]")  # of two addresses, or an address and what follows
_MOST = 1000  # more than this in one text is nothing that a person wants to have read
_IN_A_TEXT = frozenset({Refused.NOT_A_LINK, Refused.BAD_ADDRESS})


def found_in(text: str) -> list[str]:
    """The invitation or address in a text, as a link; two or more only if they differ.

    The text itself if there is nothing in it: reading it says why it cannot be used.
    """
    whole = typed_link(text)
    link = parse_link(whole)
    is_one_word = not _AROUND.search(text.strip())
    if is_one_word and link.refused is None:
        return [whole]
    if link.refused is not None and link.refused not in _IN_A_TEXT:
        return [whole]  # something secret or far too long: nothing is picked out of it
    found = _different(dict.fromkeys(islice(_candidates(text), _MOST)))
    is_readable = link.refused is None and Warn.BAD_PREAUTH not in link.warnings
    if is_readable and len(found) <= 1 and _LINK.match(text.strip()):
        return [whole]  # with raw spaces in a name or a message
    return found or [whole]


def _candidates(text: str) -> Iterator[str]:
    for piece in dict.fromkeys(_AROUND.split(text)):
        word = piece.strip(_BEFORE).rstrip(_AFTER)
        if link := _LINK.search(word):
            yield link[0]
        elif _PAGE.fullmatch(word):
            yield f"https://{word}"
        elif "@" in word:
            for part in dict.fromkeys(_BETWEEN.split(word)):
                yield typed_link(part)


def _different(texts: Iterable[str]) -> list[str]:
    """Of several that lead to one person the one with the invitation; of others each, until it is
    clear that there is no single one."""
    best: dict[object, tuple[str, Link]] = {}
    people: set[object] = set()
    for text in texts:
        link = parse_link(text)
        if link.refused is not None:
            continue
        whose = link.page or (link.jid, link.action if link.jid and not link.jid.local else None)
        if whose not in best or (link.token and not best[whose][1].token):
            best[whose] = text, link
        if link.action is not Action.LOOKUP:  # a page may turn out to be somebody's invitation
            people.add(whose)
        if len(people) > 1:
            break
    tokens = [link.token for _, link in best.values() if link.token]
    return [
        text
        for text, link in best.values()
        if not (link.action is Action.LOOKUP and any(token in str(link.page) for token in tokens))
    ]
