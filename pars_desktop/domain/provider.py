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
    professional: bool = False  # its machines are looked after by a hosting company
    organization: str = ""  # "company", "private person" and the like; empty: not known
    websites: Mapping[str, str] = field(default_factory=dict, hash=False)  # by language
    sign_up_pages: Mapping[str, str] = field(default_factory=dict, hash=False)  # by language

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its own pages: ISO 639-1."""
        return tuple(sorted(self.websites))

    def website(self, language: str) -> str:
        """Its page in this language if there is one, else in another; or empty."""
        return _in_language(self.websites, language)

    def sign_up_page(self, language: str) -> str:
        """Where accounts are created in a browser, as `website`; or empty."""
        return _in_language(self.sign_up_pages, language)


def _in_language(pages: Mapping[str, str], language: str) -> str:
    return pages.get(language) or pages.get(_OTHERWISE) or next(iter(pages.values()), "")
