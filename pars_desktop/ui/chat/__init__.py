"""One chat: its messages and the place to write the next one."""
