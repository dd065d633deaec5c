"""Pictures of every window and dialog, for people to look at: `python -m tests.screenshots`."""
