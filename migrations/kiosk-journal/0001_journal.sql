-- A life of the journal (an incarnation): one chain from its genesis hash.
create table life (
    number integer primary key,
    incarnation blob not null unique,
    -- Where the kept events begin: the genesis hash at 0, or the last event that was dropped for its age.
    floor integer not null default 0,
    floor_hash blob not null,
    -- Highest seq the server says is durable.
    acknowledged integer not null default 0,
    -- 0: new events go here. 1: ended, what waits is still sent. 2: ended, the server takes no more of it.
    state integer not null default 0
);

-- The chain. `bytes`, `hash` and `signature` are the event; the other columns only find it again.
create table event (
    ordinal integer primary key,
    life integer not null references life(number),
    seq integer not null,
    id blob not null unique,
    at integer not null,
    kind integer not null,
    -- Whom or what the act is about: a visit, a unit, a guard.
    subject blob,
    pass blob,
    -- The live step that an admission burnt.
    live_step integer,
    -- Set when a later event took this one back.
    undone integer not null default 0,
    -- Feed seq from which its effect is visible; null until the server said so.
    visible integer,
    acknowledged_at integer,
    bytes blob not null,
    hash blob not null,
    signature blob not null,
    unique (life, seq)
);

create index event_by_subject on event(kind, subject, at) where subject is not null;
-- Holds all that is asked of a pass's uses: of a large journal no page of the table itself is read for them.
create index event_by_pass on event(pass, kind, undone, id, at) where pass is not null;
create index event_by_live_step on event(pass, live_step) where live_step is not null;
create index event_unseen on event(kind, ordinal) where visible is null;
create index event_acknowledged on event(acknowledged_at) where acknowledged_at is not null;

-- What an event says of persons. Erased without touching the chain.
create table details (
    event blob primary key references event(id) on delete cascade,
    bytes blob not null
) without rowid;
