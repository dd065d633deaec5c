"""Inviting: making invitations, giving them away, the list of those that were made."""
