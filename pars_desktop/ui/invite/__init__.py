"""Adding a friend from a link, an address or a code: invitations that come to us."""
