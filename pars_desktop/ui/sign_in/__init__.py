"""Signing in: the first account, another one, and a password that is asked for again."""
