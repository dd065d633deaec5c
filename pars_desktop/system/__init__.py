"""The door to the machine: files, keyring, link handler, the other running copy."""
