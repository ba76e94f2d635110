-- Since when a membership's holder lives in the unit: null until an admin has let them in. What was there before is the
-- business of those who lived there before.
ALTER TABLE membership_units ADD COLUMN since BIGINT;
UPDATE membership_units SET since = (SELECT m.created_at FROM memberships m
    WHERE m.community = membership_units.community AND m.id = membership_units.membership AND m.status <> 'PENDING');
