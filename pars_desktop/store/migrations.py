"""The schema as an append-only list of steps: step n brings user_version from n-1 to n.

A step that was released is never changed; what comes later is a step of its own. Times are
microseconds since 1970 in UTC (`columns.ticks`), addresses are bare and written as JID writes
them. Everything hangs on its account and goes with it.
"""

APPLICATION_ID = 0x50415253  # "PARS" in the file's header: a file with another one is not ours

_FIRST = """
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    jid TEXT NOT NULL UNIQUE,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    ca_file TEXT NOT NULL,
    your_name TEXT NOT NULL,
    keep_password TEXT NOT NULL,
    best_mechanism TEXT NOT NULL
) STRICT;

-- The roster as the server last pushed it.
CREATE TABLE contact (
    account TEXT NOT NULL REFERENCES account (jid) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    name TEXT NOT NULL,
    subscription TEXT NOT NULL,
    ask INTEGER NOT NULL,
    groups TEXT NOT NULL,  -- a sorted JSON list
    PRIMARY KEY (account, jid)
) STRICT, WITHOUT ROWID;

-- Who came by invitation and was not looked at yet; may be written before the roster item is.
CREATE TABLE newcomer (
    account TEXT NOT NULL REFERENCES account (jid) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    PRIMARY KEY (account, jid)
) STRICT, WITHOUT ROWID;

-- One row per chat, with what the chat list shows of it, so that the list is one scan.
CREATE TABLE chat (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (jid) ON DELETE CASCADE,
    peer TEXT NOT NULL,
    unread INTEGER NOT NULL DEFAULT 0,
    draft TEXT NOT NULL DEFAULT '',
    last_message INTEGER,
    last_at INTEGER,
    last_text TEXT,
    last_direction TEXT,
    last_delivery TEXT,
    UNIQUE (account, peer)
) STRICT;

CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    chat INTEGER NOT NULL REFERENCES chat (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    body TEXT NOT NULL,
    origin_id TEXT NOT NULL,
    archive_id TEXT,
    sender TEXT,
    delivery TEXT NOT NULL CHECK (delivery IN ('queued', 'sent', 'delivered', 'failed')),
    error TEXT NOT NULL,
    wants_receipt INTEGER NOT NULL
) STRICT;
CREATE INDEX message_by_time ON message (chat, at, id);
CREATE INDEX message_by_origin_id ON message (origin_id, chat) WHERE origin_id <> '';
CREATE UNIQUE INDEX message_by_archive_id ON message (chat, archive_id)
    WHERE archive_id IS NOT NULL;
CREATE INDEX message_queued ON message (chat) WHERE delivery = 'queued';

-- Invitations we issued. The token is found by its hash; it is readable only in `link`, and
-- `link` becomes NULL with the last use, the revocation or the end.
CREATE TABLE invite (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL REFERENCES account (jid) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    max_uses INTEGER NOT NULL,
    label TEXT NOT NULL,
    bound_to TEXT,
    state TEXT NOT NULL,
    link TEXT,
    UNIQUE (account, hash)
) STRICT;

-- Who used which invitation. `finished`: they are welcomed; `undone`: the person sent them away.
CREATE TABLE redemption (
    invite INTEGER NOT NULL REFERENCES invite (id) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    at INTEGER NOT NULL,
    finished INTEGER NOT NULL DEFAULT 0,
    undone INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (invite, jid)
) STRICT, WITHOUT ROWID;

-- People our person decided to befriend: what is left to do, and whom we approve when they ask.
CREATE TABLE intent (
    account TEXT NOT NULL REFERENCES account (jid) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    name TEXT NOT NULL,
    "group" TEXT NOT NULL,
    token TEXT,
    until INTEGER NOT NULL,
    created INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    PRIMARY KEY (account, jid)
) STRICT, WITHOUT ROWID;

-- People who ask and wait for our person's answer.
CREATE TABLE request (
    account TEXT NOT NULL REFERENCES account (jid) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    nick TEXT NOT NULL,
    message TEXT NOT NULL,
    at INTEGER,
    refusal TEXT,
    invite INTEGER REFERENCES invite (id) ON DELETE SET NULL,
    decision TEXT,
    PRIMARY KEY (account, jid)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_by_invite ON request (invite) WHERE invite IS NOT NULL;

-- How far the archive on the server was read.
CREATE TABLE archive (
    account TEXT NOT NULL PRIMARY KEY REFERENCES account (jid) ON DELETE CASCADE,
    last_id TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

# Invitations that our server made: `page` is its landing page, with the token in it. An invitation
# that was given away by a command is not what the window shows again (`shown_again`), and one for a
# new account may not lead to a friendship (`befriends`).
_SECOND = """
ALTER TABLE invite ADD COLUMN via TEXT NOT NULL DEFAULT 'client';
ALTER TABLE invite ADD COLUMN purpose TEXT NOT NULL DEFAULT 'friend';
ALTER TABLE invite ADD COLUMN page TEXT;
ALTER TABLE invite ADD COLUMN ibr INTEGER NOT NULL DEFAULT 0;
ALTER TABLE invite ADD COLUMN befriends INTEGER NOT NULL DEFAULT 1;
ALTER TABLE invite ADD COLUMN shown_again INTEGER NOT NULL DEFAULT 1;
CREATE INDEX redemption_by_jid ON redemption (jid);
"""

# A request after too many wrong tokens is only counted.
_THIRD = "ALTER TABLE request ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;"

# What our other devices were told of an invitation. `told` is the end they know; NULL: nothing yet.
# `attempt`: a use that we try to take for somebody, written down before the server is asked.
_FOURTH = """
CREATE TABLE shared (
    account TEXT NOT NULL REFERENCES account (jid) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('publishing', 'shared', 'alone')),
    uses INTEGER NOT NULL,
    told INTEGER,
    PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE attempt (
    mark TEXT NOT NULL PRIMARY KEY,
    invite INTEGER NOT NULL REFERENCES invite (id) ON DELETE CASCADE,
    use INTEGER NOT NULL,
    jid TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('trying', 'won', 'lost'))
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_by_invite ON attempt (invite);
"""

# An invitation that was not given away before another took its place on the screen: its guest is
# less likely than that of any other.
_FIFTH = "ALTER TABLE invite ADD COLUMN set_aside INTEGER NOT NULL DEFAULT 0;"

# A guest of our server's whose welcome is not complete: no invitation may be known to say so.
_SIXTH = "ALTER TABLE newcomer ADD COLUMN is_expected INTEGER NOT NULL DEFAULT 0;"

# The addresses, with spaces between, that our person agreed to unblock for a friendship.
_SEVENTH = "ALTER TABLE intent ADD COLUMN unblocks TEXT NOT NULL DEFAULT '';"

# An account that its server was asked to make, and that may not be there: no answer was kept.
_EIGHTH = "ALTER TABLE account ADD COLUMN being_made INTEGER NOT NULL DEFAULT 0;"

STEPS: tuple[str, ...] = (_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH, _SIXTH, _SEVENTH, _EIGHTH)
