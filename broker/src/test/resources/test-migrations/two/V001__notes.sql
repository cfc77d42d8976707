CREATE TABLE note (id bigint PRIMARY KEY, body text NOT NULL);
INSERT INTO note VALUES (1, 'first; with a semicolon');
CREATE INDEX note_body ON note (body);
