-- Deals: one row per order that was ever written down, and the furthest fact about it that is known for certain.
CREATE TABLE deal (
  id uuid PRIMARY KEY,                   -- version 7; the deal's UUID (mk12) and ULID (mk20)
  piece_id bigint NOT NULL REFERENCES piece,
  slot int NOT NULL,                     -- which of the piece's copies, from 0
  reason text NOT NULL,                  -- copy renewal repair
  replaces uuid REFERENCES deal,
  maker text NOT NULL,                   -- the provider of the catalog through which it is made
  provider text NOT NULL,                -- the storage provider
  mode text NOT NULL,
  client text NOT NULL,
  source text NOT NULL,                  -- where the storage provider fetches the piece; its token is not kept
  start_epoch bigint NOT NULL,
  end_epoch bigint NOT NULL,
  price_per_epoch numeric(40) NOT NULL,  -- amounts are in the smallest unit of the network's coin
  collateral numeric(40) NOT NULL,
  total numeric(40) NOT NULL,            -- what it costs in all: spent from the moment it is ordered
  verified boolean NOT NULL,
  fast_retrieval boolean NOT NULL,

  state text NOT NULL,                   -- ordered prepared proposing accepted published active ending expired slashed lost failed withdrawn
  proposal_cid text,
  publish_message text,
  deal_id bigint,
  allocation_id bigint,
  preparation text,
  data_root text,
  deal_piece text,
  active_since bigint,
  active_until bigint,
  sector bigint,
  proof text,                            -- chain provider-says
  seen_epoch bigint,                     -- the chain's head when it was last seen
  seen_at timestamptz,
  trouble text,
  detail text,
  attempts int NOT NULL DEFAULT 0,       -- proposals that were begun
  stumbles int NOT NULL DEFAULT 0,       -- steps in a row that failed
  released boolean NOT NULL DEFAULT false,

  ordered_at timestamptz NOT NULL DEFAULT now(),
  since timestamptz NOT NULL DEFAULT now(),
  due_at timestamptz DEFAULT now(),      -- null: nothing is left to do
  lease_until timestamptz,
  lease_owner uuid,
  fence bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
-- One intent, at most one deal: neither two with one storage provider nor two for one copy are ever under way. A deal
-- that is ending stands aside for the one that follows it.
CREATE UNIQUE INDEX deal_one_per_provider ON deal (piece_id, provider)
  WHERE state IN ('ordered', 'prepared', 'proposing', 'accepted', 'published', 'active');
CREATE UNIQUE INDEX deal_one_per_copy ON deal (piece_id, slot)
  WHERE state IN ('ordered', 'prepared', 'proposing', 'accepted', 'published', 'active');
CREATE INDEX deal_piece ON deal (piece_id);
CREATE INDEX deal_due ON deal (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX deal_state ON deal (state, id);
CREATE INDEX deal_spent ON deal (maker, ordered_at);

-- A piece whose deals are to be looked at: whether it has as many as it shall. Set by whatever may change that.
ALTER TABLE piece ADD COLUMN deals_due_at timestamptz;
CREATE INDEX piece_deals_due ON piece (deals_due_at) WHERE deals_due_at IS NOT NULL;
UPDATE piece SET deals_due_at = now() WHERE state IN ('sealed', 'dealt');
CREATE FUNCTION piece_wish_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE piece SET deals_due_at = now() WHERE id = NEW.piece_id AND state IN ('sealed', 'dealt');
  RETURN NULL;
END $$;
CREATE TRIGGER piece_entry_wish AFTER UPDATE OF removed_at ON piece_entry FOR EACH ROW
  WHEN (OLD.removed_at IS DISTINCT FROM NEW.removed_at) EXECUTE FUNCTION piece_wish_changed();
CREATE FUNCTION piece_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.deals_due_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER piece_sealed BEFORE UPDATE OF state ON piece FOR EACH ROW
  WHEN (OLD.state <> 'sealed' AND NEW.state = 'sealed') EXECUTE FUNCTION piece_sealed();

CREATE INDEX piece_token_deal ON piece_token (deal);
