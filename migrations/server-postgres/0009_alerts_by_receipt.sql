-- What alerts are listed by: when the server had them. Their ids tell no time where one cause is to have one alert.
ALTER TABLE alerts ADD COLUMN place UUID;
-- Of those that are there, when what they tell of was is the nearest that is known.
UPDATE alerts SET place = (lpad(to_hex(greatest(at, 0)), 12, '0') || substr(replace(id::text, '-', ''), 13))::uuid;
CREATE UNIQUE INDEX alerts_by_place ON alerts (community, place);
