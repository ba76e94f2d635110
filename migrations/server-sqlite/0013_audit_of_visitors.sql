-- Which visitor a deed was done to, where it was one.
ALTER TABLE audit ADD COLUMN about_visitor BLOB;
