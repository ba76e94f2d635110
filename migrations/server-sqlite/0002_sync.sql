-- What kiosks and server say to each other: nonces, journals and what follows from them.

-- Nonces that were used, until they are over anyway.
CREATE TABLE used_nonces (
    nonce      BLOB    NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX used_nonces_by_end ON used_nonces (expires_at);

ALTER TABLE kiosks ADD COLUMN oldest_waiting_at INTEGER;
ALTER TABLE visitors ADD COLUMN exit_assumed INTEGER;
-- An assertion names the kiosk alone.
CREATE UNIQUE INDEX kiosks_by_id ON kiosks (id);

-- Who takes in journals takes the community's turn first: the effects of two uploads may meet in one visit.
CREATE TABLE ingest_turns (
    community BLOB    NOT NULL PRIMARY KEY REFERENCES communities (id),
    turn      INTEGER NOT NULL
) STRICT;

-- One life of one kiosk's journal, and how far of it is held.
CREATE TABLE journals (
    community   BLOB    NOT NULL REFERENCES communities (id),
    kiosk       BLOB    NOT NULL,
    incarnation BLOB    NOT NULL,
    seq         INTEGER NOT NULL,            -- the last event held in the chain
    hash        BLOB    NOT NULL,            -- its hash; the genesis hash at 0
    beside      INTEGER NOT NULL,            -- how many events are held beside the chain
    follows     BLOB,                        -- the life it says it follows
    opened_at   INTEGER,                     -- when its first event was recorded
    last_at     INTEGER NOT NULL,            -- when it last grew
    PRIMARY KEY (community, kiosk, incarnation),
    FOREIGN KEY (community, kiosk) REFERENCES kiosks (community, id)
) STRICT;

-- Events as they came. At a seq there is one in the chain at most; others stand beside it (a cloned or
-- restored disk), and what they tell happened as well.
CREATE TABLE journal_events (
    community   BLOB    NOT NULL,
    kiosk       BLOB    NOT NULL,
    incarnation BLOB    NOT NULL,
    seq         INTEGER NOT NULL,
    hash        BLOB    NOT NULL,
    in_chain    INTEGER NOT NULL,
    id          BLOB    NOT NULL,
    at          INTEGER NOT NULL,
    kind        INTEGER NOT NULL,
    visit       BLOB,                        -- the visit it is about, where it is about one
    pass        BLOB,                        -- the pass it names, where it names one
    bytes       BLOB    NOT NULL,            -- canonical CBOR, as signed
    signature   BLOB    NOT NULL,
    details     BLOB,                        -- erasable; its digest stands in bytes
    parked      INTEGER NOT NULL,            -- its effect waits for a version that knows it
    received_at INTEGER NOT NULL,
    PRIMARY KEY (community, kiosk, incarnation, seq, hash),
    FOREIGN KEY (community, kiosk, incarnation) REFERENCES journals (community, kiosk, incarnation)
) STRICT;
CREATE UNIQUE INDEX journal_events_in_chain ON journal_events (community, kiosk, incarnation, seq) WHERE in_chain;
CREATE INDEX journal_events_by_id ON journal_events (community, id);
CREATE INDEX journal_events_by_visit ON journal_events (community, visit) WHERE visit IS NOT NULL;
CREATE INDEX journal_events_by_pass ON journal_events (community, pass) WHERE pass IS NOT NULL;
CREATE INDEX journal_events_parked ON journal_events (community, received_at) WHERE parked;

-- Events that a later one took back. The one taken back may come after.
CREATE TABLE undone_events (
    community BLOB NOT NULL REFERENCES communities (id),
    event     BLOB NOT NULL,
    PRIMARY KEY (community, event)
) STRICT;

CREATE TABLE pass_uses (
    community BLOB    NOT NULL REFERENCES communities (id),
    event     BLOB    NOT NULL,              -- the admitting one
    pass      BLOB    NOT NULL,
    kiosk     BLOB    NOT NULL,
    gate      BLOB    NOT NULL,
    visit     BLOB    NOT NULL,
    at        INTEGER NOT NULL,
    undone    INTEGER NOT NULL,
    PRIMARY KEY (community, event)
) STRICT;
CREATE INDEX pass_uses_by_pass ON pass_uses (community, pass, at);

-- A pass used more often than it is good for, at gates that could not know of each other.
CREATE TABLE double_uses (
    community BLOB    NOT NULL REFERENCES communities (id),
    id        BLOB    NOT NULL,
    pass      BLOB    NOT NULL,
    event     BLOB    NOT NULL,              -- the use that was one too many, by time
    at        INTEGER NOT NULL,
    found_at  INTEGER NOT NULL,
    PRIMARY KEY (community, id),
    UNIQUE (community, event)
) STRICT;
CREATE INDEX double_uses_by_pass ON double_uses (community, pass);

-- Where the server, weighing the facts an event carries, comes to another verdict than the kiosk did.
CREATE TABLE disagreements (
    community BLOB    NOT NULL REFERENCES communities (id),
    event     BLOB    NOT NULL,
    kiosk     BLOB    NOT NULL,
    found     TEXT    NOT NULL,              -- VERDICT, FACTS, UNREADABLE
    theirs    TEXT    NOT NULL,
    ours      TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (community, event, found)
) STRICT;

-- Orders to forget an event's details, obeyed at ingest too.
CREATE TABLE erasures (
    community BLOB    NOT NULL REFERENCES communities (id),
    event     BLOB    NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (community, event)
) STRICT;

-- Whose household is still to be told that they wait, or was told.
CREATE TABLE outbox (
    community  BLOB NOT NULL REFERENCES communities (id),
    visitor    BLOB NOT NULL,
    at         INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,             -- then it is worth nothing any more
    due_at     INTEGER NOT NULL,             -- the next try, or the end of the lease of the one under way
    attempts   INTEGER NOT NULL,
    told_at    INTEGER,
    PRIMARY KEY (community, visitor)
) STRICT;
CREATE INDEX outbox_due ON outbox (due_at) WHERE told_at IS NULL;
