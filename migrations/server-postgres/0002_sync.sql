-- What kiosks and server say to each other: nonces, journals and what follows from them.

-- Nonces that were used, until they are over anyway.
CREATE TABLE used_nonces (
    nonce      BYTEA   NOT NULL PRIMARY KEY,
    expires_at BIGINT  NOT NULL
);
CREATE INDEX used_nonces_by_end ON used_nonces (expires_at);

ALTER TABLE kiosks ADD COLUMN oldest_waiting_at BIGINT;
ALTER TABLE visitors ADD COLUMN exit_assumed BOOLEAN;
-- An assertion names the kiosk alone.
CREATE UNIQUE INDEX kiosks_by_id ON kiosks (id);

-- Who takes in journals takes the community's turn first: the effects of two uploads may meet in one visit.
CREATE TABLE ingest_turns (
    community UUID    NOT NULL PRIMARY KEY REFERENCES communities (id),
    turn      BIGINT  NOT NULL
);

-- One life of one kiosk's journal, and how far of it is held.
CREATE TABLE journals (
    community   UUID    NOT NULL REFERENCES communities (id),
    kiosk       UUID    NOT NULL,
    incarnation UUID    NOT NULL,
    seq         BIGINT  NOT NULL,            -- the last event held in the chain
    hash        BYTEA   NOT NULL,            -- its hash; the genesis hash at 0
    beside      BIGINT  NOT NULL,            -- how many events are held beside the chain
    follows     UUID,                        -- the life it says it follows
    opened_at   BIGINT,                      -- when its first event was recorded
    last_at     BIGINT  NOT NULL,            -- when it last grew
    PRIMARY KEY (community, kiosk, incarnation),
    FOREIGN KEY (community, kiosk) REFERENCES kiosks (community, id)
);

-- Events as they came. At a seq there is one in the chain at most; others stand beside it (a cloned or
-- restored disk), and what they tell happened as well.
CREATE TABLE journal_events (
    community   UUID    NOT NULL,
    kiosk       UUID    NOT NULL,
    incarnation UUID    NOT NULL,
    seq         BIGINT  NOT NULL,
    hash        BYTEA   NOT NULL,
    in_chain    BOOLEAN NOT NULL,
    id          UUID    NOT NULL,
    at          BIGINT  NOT NULL,
    kind        BIGINT  NOT NULL,
    visit       UUID,                        -- the visit it is about, where it is about one
    pass        UUID,                        -- the pass it names, where it names one
    bytes       BYTEA   NOT NULL,            -- canonical CBOR, as signed
    signature   BYTEA   NOT NULL,
    details     BYTEA,                       -- erasable; its digest stands in bytes
    parked      BOOLEAN NOT NULL,            -- its effect waits for a version that knows it
    received_at BIGINT  NOT NULL,
    PRIMARY KEY (community, kiosk, incarnation, seq, hash),
    FOREIGN KEY (community, kiosk, incarnation) REFERENCES journals (community, kiosk, incarnation)
);
CREATE UNIQUE INDEX journal_events_in_chain ON journal_events (community, kiosk, incarnation, seq) WHERE in_chain;
CREATE INDEX journal_events_by_id ON journal_events (community, id);
CREATE INDEX journal_events_by_visit ON journal_events (community, visit) WHERE visit IS NOT NULL;
CREATE INDEX journal_events_by_pass ON journal_events (community, pass) WHERE pass IS NOT NULL;
CREATE INDEX journal_events_parked ON journal_events (community, received_at) WHERE parked;

-- Events that a later one took back. The one taken back may come after.
CREATE TABLE undone_events (
    community UUID NOT NULL REFERENCES communities (id),
    event     UUID NOT NULL,
    PRIMARY KEY (community, event)
);

CREATE TABLE pass_uses (
    community UUID    NOT NULL REFERENCES communities (id),
    event     UUID    NOT NULL,              -- the admitting one
    pass      UUID    NOT NULL,
    kiosk     UUID    NOT NULL,
    gate      UUID    NOT NULL,
    visit     UUID    NOT NULL,
    at        BIGINT  NOT NULL,
    undone    BOOLEAN NOT NULL,
    PRIMARY KEY (community, event)
);
CREATE INDEX pass_uses_by_pass ON pass_uses (community, pass, at);

-- A pass used more often than it is good for, at gates that could not know of each other.
CREATE TABLE double_uses (
    community UUID    NOT NULL REFERENCES communities (id),
    id        UUID    NOT NULL,
    pass      UUID    NOT NULL,
    event     UUID    NOT NULL,              -- the use that was one too many, by time
    at        BIGINT  NOT NULL,
    found_at  BIGINT  NOT NULL,
    PRIMARY KEY (community, id),
    UNIQUE (community, event)
);
CREATE INDEX double_uses_by_pass ON double_uses (community, pass);

-- Where the server, weighing the facts an event carries, comes to another verdict than the kiosk did.
CREATE TABLE disagreements (
    community UUID    NOT NULL REFERENCES communities (id),
    event     UUID    NOT NULL,
    kiosk     UUID    NOT NULL,
    found     TEXT    NOT NULL,              -- VERDICT, FACTS, UNREADABLE
    theirs    TEXT    NOT NULL,
    ours      TEXT    NOT NULL,
    at        BIGINT  NOT NULL,
    PRIMARY KEY (community, event, found)
);

-- Orders to forget an event's details, obeyed at ingest too.
CREATE TABLE erasures (
    community UUID    NOT NULL REFERENCES communities (id),
    event     UUID    NOT NULL,
    at        BIGINT  NOT NULL,
    PRIMARY KEY (community, event)
);

-- Whose household is still to be told that they wait, or was told.
CREATE TABLE outbox (
    community  UUID NOT NULL REFERENCES communities (id),
    visitor    UUID NOT NULL,
    at         BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,             -- then it is worth nothing any more
    due_at     BIGINT NOT NULL,             -- the next try, or the end of the lease of the one under way
    attempts   BIGINT NOT NULL,
    told_at    BIGINT,
    PRIMARY KEY (community, visitor)
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE told_at IS NULL;
