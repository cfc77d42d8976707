-- Pieces whose contents are packed anew, and bundles for pins that narrow where their data may lie.

-- Where pins let the contents of a piece lie: jurisdictions, sorted, separated by commas; '' anywhere the class lets them.
ALTER TABLE piece ADD COLUMN jurisdictions text NOT NULL DEFAULT '';
DROP INDEX piece_open;
CREATE UNIQUE INDEX piece_open ON piece (class, jurisdictions) WHERE state = 'open';

-- Since when its contents are on their way into another piece, because it is mostly waste; null: it is kept as it is.
ALTER TABLE piece ADD COLUMN leaving_since timestamptz;

-- A content whose size has become known can join a bundle at once.
CREATE FUNCTION cold_size_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE cold_due SET due_at = now() WHERE content = NEW.cid;
  RETURN NULL;
END $$;
CREATE TRIGGER content_cold_size AFTER UPDATE OF size_bytes ON content FOR EACH ROW
  WHEN (OLD.size_bytes IS NULL AND NEW.size_bytes IS NOT NULL) EXECUTE FUNCTION cold_size_known();
