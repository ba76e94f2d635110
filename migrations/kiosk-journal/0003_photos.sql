-- Pictures of those who came, outside the chain: an event names the digest, the picture itself is sent alone and can
-- be erased alone.
create table photo (
    number integer primary key,
    event blob not null unique references event(id) on delete cascade,
    visit blob not null,
    digest blob not null,
    taken_at integer not null,
    -- When the server said that it has it, or that it does not want it; null while it waits to be sent.
    settled_at integer,
    jpeg blob not null
);

create index photo_by_visit on photo(visit);
create index photo_by_digest on photo(digest);
create index photo_waiting on photo(number) where settled_at is null;
