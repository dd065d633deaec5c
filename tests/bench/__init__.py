"""The figures: how fast the program starts, what it takes, and how soon it answers.

`make bench` measures everything and prints a table; the values of every run are written to
build/bench.json. `.venv/bin/python -m tests.bench --only start floors --runs 9` measures a part.
No figure is ever a test: a machine that is busy would fail it.

How it is measured. Everything is seen from outside, with the same eyes for us and for the floors:

- *Painted*: the time from the start of the process until the pixels in the middle of the window
  change on a private X screen (Xvfb and openbox), looked at every millisecond. Our first picture
  must already show the chats, or the measurement fails.
- *Online*: until the private Prosody on loopback logs the first stanza of a bound session. The
  password is in the file, not in a keyring.
- *Memory*: the proportional set size (PSS), once the program has come to rest. Another program
  that uses Qt at the same time makes it look smaller: measure on a machine with nothing else on.
- *At rest*: how often all threads together went to sleep, and the time they ran, in 10 seconds.
- *Link*: from the start of `pars-desktop LINK` until it ends, the running copy having the link,
  and until the dialog's picture is on the screen.
- *Invitation*: from a click of the mouse on "Invite a friend" until its code is painted, the window
  being opened for the first time; then from "New invitation" until another code is.
- *Friends*: from a click of the mouse on "Add friend" until Prosody's own files have both people
  as friends. Reading the dialog is left out.
- *Newcomers*: as *Friends*, from a press of "Create account", by an invitation of a server that
  lets newcomers in.
- *Code*: from a press of "Scan a code on the screen", where another program shows one, until the
  dialog is there.
- *A click waits*: while the archive is read, the pointer goes to and fro between two chats, and
  the time is taken until the row under it shows that. So it is the stall of the event loop and the
  painting together; at rest it is 1 to 2 ms.

The floors are run in the same rounds, in turn with ours, since machines drift: an empty PySide6
window (floors/empty_window.py), and the least window with qasync and slixmpp that goes online
(floors/least_window.py). The first round does not count: it writes bytecode and backups.

The profiles are made with pars_desktop.store: 1,000 chats with 100,000 messages in all; one chat
with 100,000; and one whose account got 10,000 messages on its phone meanwhile.
"""
