-- The feed's rows as they came. `unit`, `pass`, `open` and `plate4` are read out of the bodies this
-- version knows, to find rows by; null elsewhere.
create table row (
    kind integer not null,
    id blob not null,
    seq integer not null,
    schema integer not null,
    body blob not null,
    unit blob,
    pass blob,
    open integer,
    plate4 text,
    primary key (kind, id)
) without rowid;

create index row_by_unit on row(kind, unit) where unit is not null;
create index row_by_pass on row(kind, pass) where pass is not null;
create index row_open on row(kind) where open is not null;
create index row_by_plate on row(plate4) where plate4 is not null;

-- How far the copy has come. One line; absent before the first snapshot was loaded.
create table place (
    one integer primary key check (one = 1),
    epoch blob not null,
    seq integer not null,
    mark blob not null,
    -- Trusted time at which the copy was last known to equal the server's state.
    whole_at integer
);

-- A snapshot that is being loaded beside the rows. One line while there is one.
create table loading (
    one integer primary key check (one = 1),
    epoch blob not null,
    seq integer not null,
    mark blob not null,
    -- The last row loaded; both null when all pieces are in and the changes since are being loaded, of which
    -- the cursor above is then the place.
    after_kind integer,
    after_id blob
);
