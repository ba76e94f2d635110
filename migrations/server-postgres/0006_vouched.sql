-- When an admin first let somebody be what this membership says: who was never let in proved nothing by registering.
ALTER TABLE memberships ADD COLUMN vouched_at BIGINT;
-- Which of those that ended had been active is not known: they count as if they had.
UPDATE memberships SET vouched_at = created_at WHERE status <> 'PENDING';
