-- Which kiosk took the event back: its own alone may. Of what was taken back before this is not known.
ALTER TABLE undone_events ADD COLUMN kiosk BLOB;
