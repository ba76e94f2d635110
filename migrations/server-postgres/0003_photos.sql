-- Photos of visitors, each told of by an event of a journal (PHOTO_TAKEN). What is known of one stands apart from its
-- bytes, so that those can lie elsewhere.
CREATE TABLE photos (
    community UUID   NOT NULL REFERENCES communities (id),
    event     UUID   NOT NULL,
    visit     UUID   NOT NULL,
    digest    BYTEA  NOT NULL,
    taken_at  BIGINT NOT NULL,
    PRIMARY KEY (community, event)
);
CREATE INDEX photos_by_visit ON photos (community, visit, taken_at);
CREATE INDEX photos_by_age ON photos (community, taken_at);

CREATE TABLE media (
    community UUID  NOT NULL REFERENCES communities (id),
    event     UUID  NOT NULL,
    bytes     BYTEA NOT NULL,
    PRIMARY KEY (community, event)
);

-- Photos of passes' holders, set by residents.
CREATE TABLE pass_photos (
    community UUID  NOT NULL,
    pass      UUID  NOT NULL,
    jpeg      BYTEA NOT NULL,
    PRIMARY KEY (community, pass),
    FOREIGN KEY (community, pass) REFERENCES passes (community, id)
);
