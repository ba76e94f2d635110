-- What was asked over the API, as it was said: CBOR, ids only. Null where a gate told of the visit first, and for what
-- was asked before this.
ALTER TABLE visitors ADD COLUMN request BYTEA;
