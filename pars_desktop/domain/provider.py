"""A server on which anybody can create an account, as the list of providers describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pars_desktop.domain.jid import JID

_OTHERWISE = "en"  # the language of a page that is not there in the person's own


@dataclass(frozen=True, slots=True)
class Provider:
    """What a person may want to know before choosing."""

    domain: JID
    in_app: bool  # accounts are created from within a program; else on `sign_up_pages`
    captcha: bool = False  # a picture has to be read for it
    email: bool = False  # an e-mail address has to be given for it
    countries: tuple[str, ...] = ()  # where its machines are: ISO 3166-1, small letters
    since: date | None = None
    free: bool = False  # of charge
    organization: str = ""  # "company", "private person" and the like; empty: not known
    sign_up_pages: Mapping[str, str] = field(default_factory=dict, hash=False)  # by language

    def sign_up_page(self, language: str) -> str:
        """Where accounts are created in a browser, in this language (ISO 639-1) if there is such a
        page, else in another; or empty."""
        pages = self.sign_up_pages
        return pages.get(language) or pages.get(_OTHERWISE) or next(iter(pages.values()), "")
