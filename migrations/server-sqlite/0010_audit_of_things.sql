-- Which unit or event a deed was done to, where it was one.
ALTER TABLE audit ADD COLUMN about_unit BLOB;
ALTER TABLE audit ADD COLUMN about_event BLOB;
