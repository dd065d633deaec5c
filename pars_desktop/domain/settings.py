"""What the program remembers about itself, as opposed to about accounts."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Settings:
    """A change is a new object; fields that are unknown or missing in a file get their default."""

    window_width: int = 0  # 0: not chosen yet
    window_height: int = 0
    window_maximized: bool = False
    sidebar_width: int = 300
    asked_for_handler: bool = False  # "Open invitation links with Pars?" was answered
    web_link: bool = True  # invitations are given away as web links
    landing_page: str = ""  # where those lead, up to the "#"; empty: the usual page
    waiting_link: str = field(default="", repr=False)  # came before the first account; has a token
    waiting_account: str = ""  # which was being made with that link: their friendship is to come
