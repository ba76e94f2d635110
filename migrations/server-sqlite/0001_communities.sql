-- The server's tables. Ids are made by whoever records the fact; instants are Unix milliseconds (UTC);
-- words are spelled as in the API; what is named "sealed" is encrypted under the master key.
-- Tables that belong to a community carry it, and refer to each other by (community, id).

CREATE TABLE communities (
    id          BLOB  NOT NULL PRIMARY KEY,
    name        TEXT  NOT NULL UNIQUE,
    zone        TEXT  NOT NULL,           -- IANA
    policy      BLOB NOT NULL,           -- canonical CBOR of the admission policy
    locked_down INTEGER  NOT NULL DEFAULT FALSE,
    key_epoch   INTEGER   NOT NULL,           -- of the day keys
    companies   TEXT  NOT NULL,           -- one a line, most frequent first
    created_at  INTEGER   NOT NULL
) STRICT;

-- Keys of a community, each with a purpose of its own: ROOT signs trust files and orders, PASS signs passes,
-- EPOCH is the root of the day keys, SEAL opens what kiosks seal for the server, LOOKUP keys the digests.
CREATE TABLE community_keys (
    community  BLOB  NOT NULL REFERENCES communities (id),
    id         BLOB  NOT NULL,
    purpose    TEXT  NOT NULL,
    epoch      INTEGER,
    public     BLOB,
    sealed     BLOB NOT NULL,
    not_before INTEGER   NOT NULL,
    not_after  INTEGER,
    PRIMARY KEY (community, id)
) STRICT;
CREATE INDEX community_keys_by_purpose ON community_keys (community, purpose, not_before);

-- Secrets of the server itself: the key that signs access tokens.
CREATE TABLE server_keys (
    name   TEXT  NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE users (
    id            BLOB NOT NULL PRIMARY KEY,
    name          TEXT NOT NULL,
    phone         TEXT UNIQUE,            -- E.164
    email         TEXT UNIQUE,            -- lower case
    password_hash TEXT,                   -- PHC string
    created_at    INTEGER  NOT NULL
) STRICT;

CREATE TABLE units (
    community  BLOB NOT NULL REFERENCES communities (id),
    id         BLOB NOT NULL,
    tower      TEXT NOT NULL,
    floor      INTEGER  NOT NULL,
    number     TEXT NOT NULL,
    state      TEXT NOT NULL,
    epoch      INTEGER  NOT NULL,
    intercom   TEXT,
    created_at INTEGER  NOT NULL,
    PRIMARY KEY (community, id),
    UNIQUE (community, tower, number)
) STRICT;

CREATE TABLE memberships (
    community  BLOB NOT NULL REFERENCES communities (id),
    id         BLOB NOT NULL,
    user_id    BLOB NOT NULL REFERENCES users (id),
    role       TEXT NOT NULL,
    status     TEXT NOT NULL,             -- PENDING, ACTIVE, ENDED
    created_at INTEGER  NOT NULL,
    ended_at   INTEGER,
    PRIMARY KEY (community, id),
    UNIQUE (community, user_id, role)
) STRICT;
CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE membership_units (
    community  BLOB NOT NULL,
    membership BLOB NOT NULL,
    unit       BLOB NOT NULL,
    PRIMARY KEY (community, membership, unit),
    FOREIGN KEY (community, membership) REFERENCES memberships (community, id),
    FOREIGN KEY (community, unit) REFERENCES units (community, id)
) STRICT;
CREATE INDEX membership_units_by_unit ON membership_units (community, unit);

-- One signed-in device: the family of refresh tokens that began with one login.
CREATE TABLE sessions (
    id         BLOB NOT NULL PRIMARY KEY,
    community  BLOB NOT NULL,
    membership BLOB NOT NULL,
    created_at INTEGER  NOT NULL,
    revoked_at INTEGER,
    FOREIGN KEY (community, membership) REFERENCES memberships (community, id)
) STRICT;
CREATE INDEX sessions_by_membership ON sessions (community, membership);

CREATE TABLE refresh_tokens (
    hash       BLOB NOT NULL PRIMARY KEY, -- SHA-256 of the token
    session    BLOB  NOT NULL REFERENCES sessions (id),
    created_at INTEGER   NOT NULL,
    expires_at INTEGER   NOT NULL,
    used_at    INTEGER
) STRICT;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session);

CREATE TABLE login_attempts (
    subject      BLOB NOT NULL PRIMARY KEY, -- digest of the account or address tried
    window_start INTEGER   NOT NULL,
    failures     INTEGER   NOT NULL
) STRICT;

-- One-time links that an admin hands over: PASSWORD (its holder sets a new one), ADMIN (its holder becomes one).
CREATE TABLE handed_links (
    community  BLOB NOT NULL REFERENCES communities (id),
    id         BLOB NOT NULL,
    hash       BLOB NOT NULL UNIQUE,      -- SHA-256 of the secret in the link
    kind       TEXT NOT NULL,
    user_id    BLOB REFERENCES users (id), -- whose password
    made_by    BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (community, id)
) STRICT;

-- Who did what to people's access and to the community's keys. Rows are added, never changed.
CREATE TABLE audit (
    community  BLOB NOT NULL REFERENCES communities (id),
    id         BLOB NOT NULL,
    at         INTEGER NOT NULL,
    deed       TEXT NOT NULL,
    by_user    BLOB,
    about_user BLOB,
    PRIMARY KEY (community, id)
) STRICT;

CREATE TABLE idempotent_answers (
    community  BLOB  NOT NULL REFERENCES communities (id),
    user_id    BLOB  NOT NULL,
    key        TEXT  NOT NULL,
    request    BLOB NOT NULL,             -- digest of method, path and body
    sealed     BLOB NOT NULL,             -- the answer's JSON
    created_at INTEGER   NOT NULL,
    PRIMARY KEY (community, user_id, key)
) STRICT;

CREATE TABLE gates (
    community  BLOB NOT NULL REFERENCES communities (id),
    id         BLOB NOT NULL,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    created_at INTEGER  NOT NULL,
    PRIMARY KEY (community, id),
    UNIQUE (community, name)
) STRICT;

CREATE TABLE kiosks (
    community       BLOB  NOT NULL REFERENCES communities (id),
    id              BLOB  NOT NULL,
    gate            BLOB  NOT NULL,
    name            TEXT  NOT NULL,
    number          INTEGER   NOT NULL,        -- what a guard reads out
    public          BLOB NOT NULL,        -- Ed25519
    state           TEXT  NOT NULL,        -- ACTIVE, RETIRED, STOLEN
    version         TEXT,
    enrolled_at     INTEGER   NOT NULL,
    last_contact_at INTEGER,
    waiting         INTEGER,                   -- events it had not yet sent at its last contact
    revoked_at      INTEGER,
    order_signature BLOB,
    PRIMARY KEY (community, id),
    UNIQUE (community, number),
    FOREIGN KEY (community, gate) REFERENCES gates (community, id)
) STRICT;

CREATE TABLE enrolment_codes (
    hash       BLOB NOT NULL PRIMARY KEY, -- SHA-256 of the normalised code
    community  BLOB  NOT NULL,
    gate       BLOB  NOT NULL,
    kiosk_name TEXT  NOT NULL,
    created_by BLOB  NOT NULL REFERENCES users (id),
    created_at INTEGER   NOT NULL,
    expires_at INTEGER   NOT NULL,
    used_at    INTEGER,
    kiosk      BLOB,
    FOREIGN KEY (community, gate) REFERENCES gates (community, id)
) STRICT;

CREATE TABLE guards (
    community  BLOB  NOT NULL REFERENCES communities (id),
    user_id    BLOB  NOT NULL REFERENCES users (id),
    pin_hash   BLOB NOT NULL,             -- argon2id, 32 bytes
    pin_salt   BLOB NOT NULL,
    photo      BLOB,                      -- JPEG
    active     INTEGER  NOT NULL,
    created_at INTEGER   NOT NULL,
    PRIMARY KEY (community, user_id)
) STRICT;

CREATE TABLE passes (
    community    BLOB  NOT NULL REFERENCES communities (id),
    id           BLOB  NOT NULL,
    unit         BLOB  NOT NULL,
    created_by   BLOB  NOT NULL REFERENCES users (id),
    visitor_type TEXT  NOT NULL,
    mode         TEXT  NOT NULL,
    name         TEXT  NOT NULL,
    phone        TEXT,
    plate        TEXT,
    company      TEXT,
    people       INTEGER   NOT NULL,
    valid_from   INTEGER   NOT NULL,
    valid_until  INTEGER   NOT NULL,
    uses         INTEGER,
    windows      BLOB NOT NULL,           -- canonical CBOR
    home_gate    BLOB,
    token        TEXT  NOT NULL,
    revoked_at   INTEGER,
    created_at   INTEGER   NOT NULL,
    PRIMARY KEY (community, id),
    FOREIGN KEY (community, unit) REFERENCES units (community, id),
    FOREIGN KEY (community, home_gate) REFERENCES gates (community, id)
) STRICT;
CREATE INDEX passes_by_unit ON passes (community, unit, id);
CREATE INDEX passes_by_end ON passes (community, valid_until);

-- What a kiosk tells of a visit is kept even where it names what this copy of the database never had:
-- hence no reference to gates, passes and guards.
CREATE TABLE visitors (
    community      BLOB NOT NULL REFERENCES communities (id),
    id             BLOB NOT NULL,
    name           TEXT,
    phone          TEXT,
    visitor_type   TEXT NOT NULL,
    vehicle_number TEXT,
    company        TEXT,
    people         INTEGER  NOT NULL,
    subject        TEXT NOT NULL,
    status         TEXT NOT NULL,
    resident_id    BLOB REFERENCES users (id), -- who answered
    security_id    BLOB,                     -- the guard on shift
    pass           BLOB,
    kiosk          BLOB,
    gate           BLOB,
    asked_at       INTEGER,
    answer         TEXT,
    answered_at    INTEGER,
    check_in_time  INTEGER,
    check_in_gate  BLOB,
    check_out_time INTEGER,
    check_out_gate BLOB,
    created_at     INTEGER  NOT NULL,
    PRIMARY KEY (community, id)
) STRICT;
CREATE INDEX visitors_by_status ON visitors (community, status, id);

CREATE TABLE visitor_units (
    community BLOB NOT NULL,
    visitor   BLOB NOT NULL,
    unit      BLOB NOT NULL,
    PRIMARY KEY (community, visitor, unit),
    FOREIGN KEY (community, visitor) REFERENCES visitors (community, id)
) STRICT;
CREATE INDEX visitor_units_by_unit ON visitor_units (community, unit, visitor);

CREATE TABLE alerts (
    community       BLOB NOT NULL REFERENCES communities (id),
    id              BLOB NOT NULL,
    kind            TEXT NOT NULL,
    at              INTEGER  NOT NULL,
    kiosk           BLOB,
    gate            BLOB,
    unit            BLOB,
    pass            BLOB,
    visitor         BLOB,
    detail          TEXT,
    acknowledged_at INTEGER,
    acknowledged_by BLOB REFERENCES users (id),
    PRIMARY KEY (community, id)
) STRICT;

-- The feed. A transaction takes the head's row, writes its rows and commits, and does nothing else in between:
-- so the order of commits is the order of seq.
CREATE TABLE feed_heads (
    community BLOB  NOT NULL PRIMARY KEY REFERENCES communities (id),
    epoch     BLOB  NOT NULL,
    seq       INTEGER   NOT NULL,
    mark      BLOB NOT NULL,              -- 8 random bytes of the last commit
    floor     INTEGER   NOT NULL               -- tombstones up to this seq are gone
) STRICT;

CREATE TABLE feed_marks (
    community BLOB  NOT NULL REFERENCES communities (id),
    seq       INTEGER   NOT NULL,              -- the last of a commit
    mark      BLOB NOT NULL,
    at        INTEGER   NOT NULL,
    PRIMARY KEY (community, seq)
) STRICT;

CREATE TABLE feed_rows (
    community BLOB  NOT NULL REFERENCES communities (id),
    kind      INTEGER   NOT NULL,
    id        BLOB  NOT NULL,
    schema    INTEGER   NOT NULL,
    seq       INTEGER   NOT NULL,
    body      BLOB,                       -- NULL: a tombstone
    PRIMARY KEY (community, kind, id)
) STRICT;
CREATE UNIQUE INDEX feed_rows_by_seq ON feed_rows (community, seq);
