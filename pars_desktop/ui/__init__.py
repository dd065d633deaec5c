"""The door to a person: windows, words and colours."""
