-- Which unit or event a deed was done to, where it was one.
ALTER TABLE audit ADD COLUMN about_unit UUID;
ALTER TABLE audit ADD COLUMN about_event UUID;
