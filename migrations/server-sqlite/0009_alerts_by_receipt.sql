-- What alerts are listed by: when the server had them. Their ids tell no time where one cause is to have one alert.
ALTER TABLE alerts ADD COLUMN place BLOB;
-- Of those that are there, when what they tell of was is the nearest that is known.
UPDATE alerts SET place = unhex(printf('%012x', max(at, 0)) || substr(hex(id), 13));
CREATE UNIQUE INDEX alerts_by_place ON alerts (community, place);
