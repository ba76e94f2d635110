-- Seq at which the rows in use last equalled the server's state; 0 for never. A page that was cut leaves out
-- rows that changed again later, so a cursor alone does not say that an effect is in the copy.
alter table place add column whole integer not null default 0;
