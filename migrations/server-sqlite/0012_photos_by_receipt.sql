-- Photos of gates whose clocks were ahead were taken by the time that the server heard of them: none is kept for longer.
UPDATE photos SET taken_at =
    (SELECT min(e.received_at) FROM journal_events e WHERE e.community = photos.community AND e.id = photos.event)
WHERE EXISTS (SELECT 1 FROM journal_events e
    WHERE e.community = photos.community AND e.id = photos.event AND e.received_at < photos.taken_at);
