-- Photos of visitors, each told of by an event of a journal (PHOTO_TAKEN). What is known of one stands apart from its
-- bytes, so that those can lie elsewhere.
CREATE TABLE photos (
    community BLOB    NOT NULL REFERENCES communities (id),
    event     BLOB    NOT NULL,
    visit     BLOB    NOT NULL,
    digest    BLOB    NOT NULL,
    taken_at  INTEGER NOT NULL,
    PRIMARY KEY (community, event)
) STRICT;
CREATE INDEX photos_by_visit ON photos (community, visit, taken_at);
CREATE INDEX photos_by_age ON photos (community, taken_at);

CREATE TABLE media (
    community BLOB NOT NULL REFERENCES communities (id),
    event     BLOB NOT NULL,
    bytes     BLOB NOT NULL,
    PRIMARY KEY (community, event)
) STRICT;

-- Photos of passes' holders, set by residents.
CREATE TABLE pass_photos (
    community BLOB NOT NULL,
    pass      BLOB NOT NULL,
    jpeg      BLOB NOT NULL,
    PRIMARY KEY (community, pass),
    FOREIGN KEY (community, pass) REFERENCES passes (community, id)
) STRICT;
