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
    waiting_link: str = field(default="", repr=False)  # came before the first account; has a token
