-- A million events are held, and no question about a few of them may read them all.
drop index event_unseen;
create index event_by_visible on event(visible);
create index event_by_kind on event(kind, at);
