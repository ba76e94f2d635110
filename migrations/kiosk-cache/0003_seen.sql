-- The feed's head when the latest piece was read: its rows reach up to there, so the server must still know
-- that place when it is asked for more. Its epoch is that of the start.
alter table loading add column seen_seq integer not null default 0;
alter table loading add column seen_mark blob not null default x'0000000000000000';
