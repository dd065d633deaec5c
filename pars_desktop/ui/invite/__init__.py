"""Inviting a friend, and adding one from a link or an address."""
