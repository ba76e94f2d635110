-- The server's tables. Ids are made by whoever records the fact; instants are Unix milliseconds (UTC);
-- words are spelled as in the API; what is named "sealed" is encrypted under the master key.
-- Tables that belong to a community carry it, and refer to each other by (community, id).

CREATE TABLE communities (
    id          UUID  NOT NULL PRIMARY KEY,
    name        TEXT  NOT NULL UNIQUE,
    zone        TEXT  NOT NULL,           -- IANA
    policy      BYTEA NOT NULL,           -- canonical CBOR of the admission policy
    locked_down BOOLEAN  NOT NULL DEFAULT FALSE,
    key_epoch   BIGINT   NOT NULL,           -- of the day keys
    companies   TEXT  NOT NULL,           -- one a line, most frequent first
    created_at  BIGINT   NOT NULL
);

-- Keys of a community, each with a purpose of its own: ROOT signs trust files and orders, PASS signs passes,
-- EPOCH is the root of the day keys, SEAL opens what kiosks seal for the server, LOOKUP keys the digests.
CREATE TABLE community_keys (
    community  UUID  NOT NULL REFERENCES communities (id),
    id         UUID  NOT NULL,
    purpose    TEXT  NOT NULL,
    epoch      BIGINT,
    public     BYTEA,
    sealed     BYTEA NOT NULL,
    not_before BIGINT   NOT NULL,
    not_after  BIGINT,
    PRIMARY KEY (community, id)
);
CREATE INDEX community_keys_by_purpose ON community_keys (community, purpose, not_before);

-- Secrets of the server itself: the key that signs access tokens.
CREATE TABLE server_keys (
    name   TEXT  NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
);

CREATE TABLE users (
    id            UUID NOT NULL PRIMARY KEY,
    name          TEXT NOT NULL,
    phone         TEXT UNIQUE,            -- E.164
    email         TEXT UNIQUE,            -- lower case
    password_hash TEXT,                   -- PHC string
    created_at    BIGINT  NOT NULL
);

CREATE TABLE units (
    community  UUID NOT NULL REFERENCES communities (id),
    id         UUID NOT NULL,
    tower      TEXT NOT NULL,
    floor      BIGINT  NOT NULL,
    number     TEXT NOT NULL,
    state      TEXT NOT NULL,
    epoch      BIGINT  NOT NULL,
    intercom   TEXT,
    created_at BIGINT  NOT NULL,
    PRIMARY KEY (community, id),
    UNIQUE (community, tower, number)
);

CREATE TABLE memberships (
    community  UUID NOT NULL REFERENCES communities (id),
    id         UUID NOT NULL,
    user_id    UUID NOT NULL REFERENCES users (id),
    role       TEXT NOT NULL,
    status     TEXT NOT NULL,             -- PENDING, ACTIVE, ENDED
    created_at BIGINT  NOT NULL,
    ended_at   BIGINT,
    PRIMARY KEY (community, id),
    UNIQUE (community, user_id, role)
);
CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE membership_units (
    community  UUID NOT NULL,
    membership UUID NOT NULL,
    unit       UUID NOT NULL,
    PRIMARY KEY (community, membership, unit),
    FOREIGN KEY (community, membership) REFERENCES memberships (community, id),
    FOREIGN KEY (community, unit) REFERENCES units (community, id)
);
CREATE INDEX membership_units_by_unit ON membership_units (community, unit);

-- One signed-in device: the family of refresh tokens that began with one login.
CREATE TABLE sessions (
    id         UUID NOT NULL PRIMARY KEY,
    community  UUID NOT NULL,
    membership UUID NOT NULL,
    created_at BIGINT  NOT NULL,
    revoked_at BIGINT,
    FOREIGN KEY (community, membership) REFERENCES memberships (community, id)
);
CREATE INDEX sessions_by_membership ON sessions (community, membership);

CREATE TABLE refresh_tokens (
    hash       BYTEA NOT NULL PRIMARY KEY, -- SHA-256 of the token
    session    UUID  NOT NULL REFERENCES sessions (id),
    created_at BIGINT   NOT NULL,
    expires_at BIGINT   NOT NULL,
    used_at    BIGINT
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session);

CREATE TABLE login_attempts (
    subject      BYTEA NOT NULL PRIMARY KEY, -- digest of the account or address tried
    window_start BIGINT   NOT NULL,
    failures     BIGINT   NOT NULL
);

-- One-time links that an admin hands over: PASSWORD (its holder sets a new one), ADMIN (its holder becomes one).
CREATE TABLE handed_links (
    community  UUID NOT NULL REFERENCES communities (id),
    id         UUID NOT NULL,
    hash       BYTEA NOT NULL UNIQUE,      -- SHA-256 of the secret in the link
    kind       TEXT NOT NULL,
    user_id    UUID REFERENCES users (id), -- whose password
    made_by    UUID NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (community, id)
);

-- Who did what to people's access and to the community's keys. Rows are added, never changed.
CREATE TABLE audit (
    community  UUID NOT NULL REFERENCES communities (id),
    id         UUID NOT NULL,
    at         BIGINT NOT NULL,
    deed       TEXT NOT NULL,
    by_user    UUID,
    about_user UUID,
    PRIMARY KEY (community, id)
);

CREATE TABLE idempotent_answers (
    community  UUID  NOT NULL REFERENCES communities (id),
    user_id    UUID  NOT NULL,
    key        TEXT  NOT NULL,
    request    BYTEA NOT NULL,             -- digest of method, path and body
    sealed     BYTEA NOT NULL,             -- the answer's JSON
    created_at BIGINT   NOT NULL,
    PRIMARY KEY (community, user_id, key)
);

CREATE TABLE gates (
    community  UUID NOT NULL REFERENCES communities (id),
    id         UUID NOT NULL,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    created_at BIGINT  NOT NULL,
    PRIMARY KEY (community, id),
    UNIQUE (community, name)
);

CREATE TABLE kiosks (
    community       UUID  NOT NULL REFERENCES communities (id),
    id              UUID  NOT NULL,
    gate            UUID  NOT NULL,
    name            TEXT  NOT NULL,
    number          BIGINT   NOT NULL,        -- what a guard reads out
    public          BYTEA NOT NULL,        -- Ed25519
    state           TEXT  NOT NULL,        -- ACTIVE, RETIRED, STOLEN
    version         TEXT,
    enrolled_at     BIGINT   NOT NULL,
    last_contact_at BIGINT,
    waiting         BIGINT,                   -- events it had not yet sent at its last contact
    revoked_at      BIGINT,
    order_signature BYTEA,
    PRIMARY KEY (community, id),
    UNIQUE (community, number),
    FOREIGN KEY (community, gate) REFERENCES gates (community, id)
);

CREATE TABLE enrolment_codes (
    hash       BYTEA NOT NULL PRIMARY KEY, -- SHA-256 of the normalised code
    community  UUID  NOT NULL,
    gate       UUID  NOT NULL,
    kiosk_name TEXT  NOT NULL,
    created_by UUID  NOT NULL REFERENCES users (id),
    created_at BIGINT   NOT NULL,
    expires_at BIGINT   NOT NULL,
    used_at    BIGINT,
    kiosk      UUID,
    FOREIGN KEY (community, gate) REFERENCES gates (community, id)
);

CREATE TABLE guards (
    community  UUID  NOT NULL REFERENCES communities (id),
    user_id    UUID  NOT NULL REFERENCES users (id),
    pin_hash   BYTEA NOT NULL,             -- argon2id, 32 bytes
    pin_salt   BYTEA NOT NULL,
    photo      BYTEA,                      -- JPEG
    active     BOOLEAN  NOT NULL,
    created_at BIGINT   NOT NULL,
    PRIMARY KEY (community, user_id)
);

CREATE TABLE passes (
    community    UUID  NOT NULL REFERENCES communities (id),
    id           UUID  NOT NULL,
    unit         UUID  NOT NULL,
    created_by   UUID  NOT NULL REFERENCES users (id),
    visitor_type TEXT  NOT NULL,
    mode         TEXT  NOT NULL,
    name         TEXT  NOT NULL,
    phone        TEXT,
    plate        TEXT,
    company      TEXT,
    people       BIGINT   NOT NULL,
    valid_from   BIGINT   NOT NULL,
    valid_until  BIGINT   NOT NULL,
    uses         BIGINT,
    windows      BYTEA NOT NULL,           -- canonical CBOR
    home_gate    UUID,
    token        TEXT  NOT NULL,
    revoked_at   BIGINT,
    created_at   BIGINT   NOT NULL,
    PRIMARY KEY (community, id),
    FOREIGN KEY (community, unit) REFERENCES units (community, id),
    FOREIGN KEY (community, home_gate) REFERENCES gates (community, id)
);
CREATE INDEX passes_by_unit ON passes (community, unit, id);
CREATE INDEX passes_by_end ON passes (community, valid_until);

-- What a kiosk tells of a visit is kept even where it names what this copy of the database never had:
-- hence no reference to gates, passes and guards.
CREATE TABLE visitors (
    community      UUID NOT NULL REFERENCES communities (id),
    id             UUID NOT NULL,
    name           TEXT,
    phone          TEXT,
    visitor_type   TEXT NOT NULL,
    vehicle_number TEXT,
    company        TEXT,
    people         BIGINT  NOT NULL,
    subject        TEXT NOT NULL,
    status         TEXT NOT NULL,
    resident_id    UUID REFERENCES users (id), -- who answered
    security_id    UUID,                     -- the guard on shift
    pass           UUID,
    kiosk          UUID,
    gate           UUID,
    asked_at       BIGINT,
    answer         TEXT,
    answered_at    BIGINT,
    check_in_time  BIGINT,
    check_in_gate  UUID,
    check_out_time BIGINT,
    check_out_gate UUID,
    created_at     BIGINT  NOT NULL,
    PRIMARY KEY (community, id)
);
-- Not the community first: a plan made while the table is empty would take it in place of the primary key, and read
-- all of a community's visits to find one.
CREATE INDEX visitors_by_status ON visitors (status, community, id);

CREATE TABLE visitor_units (
    community UUID NOT NULL,
    visitor   UUID NOT NULL,
    unit      UUID NOT NULL,
    PRIMARY KEY (community, visitor, unit),
    FOREIGN KEY (community, visitor) REFERENCES visitors (community, id)
);
CREATE INDEX visitor_units_by_unit ON visitor_units (community, unit, visitor);

CREATE TABLE alerts (
    community       UUID NOT NULL REFERENCES communities (id),
    id              UUID NOT NULL,
    kind            TEXT NOT NULL,
    at              BIGINT  NOT NULL,
    kiosk           UUID,
    gate            UUID,
    unit            UUID,
    pass            UUID,
    visitor         UUID,
    detail          TEXT,
    acknowledged_at BIGINT,
    acknowledged_by UUID REFERENCES users (id),
    PRIMARY KEY (community, id)
);

-- The feed. A transaction takes the head's row, writes its rows and commits, and does nothing else in between:
-- so the order of commits is the order of seq.
CREATE TABLE feed_heads (
    community UUID  NOT NULL PRIMARY KEY REFERENCES communities (id),
    epoch     UUID  NOT NULL,
    seq       BIGINT   NOT NULL,
    mark      BYTEA NOT NULL,              -- 8 random bytes of the last commit
    floor     BIGINT   NOT NULL               -- tombstones up to this seq are gone
);

CREATE TABLE feed_marks (
    community UUID  NOT NULL REFERENCES communities (id),
    seq       BIGINT   NOT NULL,              -- the last of a commit
    mark      BYTEA NOT NULL,
    at        BIGINT   NOT NULL,
    PRIMARY KEY (community, seq)
);

CREATE TABLE feed_rows (
    community UUID  NOT NULL REFERENCES communities (id),
    kind      BIGINT   NOT NULL,
    id        UUID  NOT NULL,
    schema    BIGINT   NOT NULL,
    seq       BIGINT   NOT NULL,
    body      BYTEA,                       -- NULL: a tombstone
    PRIMARY KEY (community, kind, id)
);
CREATE UNIQUE INDEX feed_rows_by_seq ON feed_rows (community, seq);
