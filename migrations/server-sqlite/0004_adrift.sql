-- Which run beside the chain an event belongs to, where nothing is held that came right before the run: by its first
-- event and that one's seq.
ALTER TABLE journal_events ADD COLUMN adrift BLOB;
ALTER TABLE journal_events ADD COLUMN adrift_seq INTEGER;
CREATE INDEX journal_events_adrift ON journal_events (community, adrift) WHERE adrift IS NOT NULL;
