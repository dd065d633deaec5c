"""The door to the network: the only room that knows XML."""

from pars_desktop.base.imports import SPARE_FOR_SLIXMPP, kept_out

with kept_out(*SPARE_FOR_SLIXMPP):
    import slixmpp as slixmpp  # first of all: whoever imports it later gets it as it is
