-- The cold tier: many pins share a piece, a piece goes into deals.

-- Contents whose wish for cold copies may have changed. Written by the change itself, so none is forgotten.
CREATE TABLE cold_due (
  content text PRIMARY KEY,
  due_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX cold_due_at ON cold_due (due_at);

CREATE FUNCTION cold_wish_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO cold_due (content) VALUES (OLD.content) ON CONFLICT (content) DO UPDATE SET due_at = now();
  RETURN NULL;
END $$;
CREATE TRIGGER pin_cold_decided AFTER UPDATE OF plan ON pin FOR EACH ROW
  WHEN (OLD.plan -> 'cold' IS DISTINCT FROM NEW.plan -> 'cold') EXECUTE FUNCTION cold_wish_changed();
CREATE TRIGGER pin_cold_deleted AFTER DELETE ON pin FOR EACH ROW
  WHEN (OLD.plan -> 'cold' IS NOT NULL) EXECUTE FUNCTION cold_wish_changed();

-- A bundle while it is open, a piece from when it is sealed.
CREATE TABLE piece (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  state text NOT NULL,                   -- open sealing sealed dealt dropped
  class text NOT NULL,                   -- the policy class whose contents it gathers
  copies int NOT NULL,                   -- deals wanted, each with another storage provider
  contents int NOT NULL DEFAULT 0,       -- while it is open
  bytes bigint NOT NULL DEFAULT 0,       -- what they are expected to take, while it is open
  urgent boolean NOT NULL DEFAULT false,
  opened_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  closed_by text,                        -- size age priority
  sealed_at timestamptz,
  commitment bytea,
  padded_bytes bigint,
  car_bytes bigint,
  root text,
  keeper uuid,                           -- the broker whose disk has the file
  detail text,                           -- why it does not go on
  due_at timestamptz NOT NULL DEFAULT now(),
  lease_until timestamptz,
  fence bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX piece_open ON piece (class) WHERE state = 'open';
CREATE INDEX piece_sealing ON piece (due_at) WHERE state = 'sealing';
CREATE INDEX piece_commitment ON piece (commitment) WHERE commitment IS NOT NULL;

-- Which contents a piece has, and where: the CAR's bytes from car_offset on are all blocks below the content's root.
CREATE TABLE piece_entry (
  content text NOT NULL,
  piece_id bigint NOT NULL REFERENCES piece,
  bytes bigint NOT NULL,
  added_at timestamptz NOT NULL DEFAULT now(),
  removed_at timestamptz,                -- nobody wants it cold any more; once it is sealed it stays, as waste
  car_offset bigint,
  car_length bigint,
  PRIMARY KEY (content, piece_id)
);
CREATE INDEX piece_entry_piece ON piece_entry (piece_id);

-- Who may fetch a piece: a token per deal, known by its SHA-256.
CREATE TABLE piece_token (
  hash bytea PRIMARY KEY,
  piece_id bigint NOT NULL REFERENCES piece,
  deal text NOT NULL
);
