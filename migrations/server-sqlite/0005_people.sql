-- The token that a used refresh token was exchanged for: where it was used too, the answer had not been lost.
ALTER TABLE refresh_tokens ADD COLUMN replaced_by BLOB;
-- Which kiosk a deed was done to, where it was one.
ALTER TABLE audit ADD COLUMN about_kiosk BLOB;
