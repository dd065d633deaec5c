"""Servers on which anybody can create an account, as a list to choose from."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from pars_desktop.domain.provider import Provider
from pars_desktop.ui.errors import plain

PROVIDER = Qt.ItemDataRole.UserRole
FACTS = Qt.ItemDataRole.UserRole + 1  # in one line
SEARCHED = Qt.ItemDataRole.UserRole + 2  # what a person may type to find it

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class ProviderModel(QAbstractListModel):
    """In the order in which it is given."""

    def __init__(self, providers: Sequence[Provider], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = [(provider, facts(provider)) for provider in providers]

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        provider, known = self._rows[index.row()]
        name = str(provider.domain)
        if role == PROVIDER:
            return provider
        if role == FACTS:
            return known
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role in (SEARCHED, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{name}, {known}"
        return None


def facts(provider: Provider) -> str:
    """What a person may want to know before choosing, in a few words: first what they will have
    to do there, since the end may not fit into a row."""
    known = [_country(code) for code in provider.countries]
    if not provider.in_app:
        known.append(_tr("only in a browser"))
    if provider.captcha:
        known.append(_tr("asks to read a picture"))
    if provider.email:
        known.append(_tr("asks for an e-mail address"))
    if provider.free:
        known.append(_tr("free of charge"))
    if provider.since is not None:
        known.append(_tr("since {year}").format(year=provider.since.year))
    if provider.organization:
        known.append(plain(provider.organization, 40))
    return ", ".join(known)


def _country(code: str) -> str:
    territory = QLocale.codeToTerritory(code)
    return QLocale.territoryToString(territory) if territory.value else plain(code, 8)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ProviderModel", text)
