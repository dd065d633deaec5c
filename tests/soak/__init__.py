"""The long forms of tests that wait or repeat."""
