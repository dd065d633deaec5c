"""The left column: who is there, and who wants to be."""
