"""Strangers: who asks to be a friend, and who is blocked."""
