-- Everything the broker must not lose. Times that clients see and page by are milliseconds since 1970 (bigint);
-- times that only the broker uses are timestamptz.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

CREATE TABLE tenant (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  -- The newest `created` given out. A pin's `created` is its paging key, so it is unique and rising per tenant.
  last_created bigint NOT NULL DEFAULT 0,
  since timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

CREATE TABLE token (
  id uuid PRIMARY KEY,
  tenant_id int NOT NULL REFERENCES tenant,
  name text NOT NULL,
  hash bytea NOT NULL UNIQUE,
  scopes text[] NOT NULL,
  requests_per_second int,
  max_pins bigint,
  pins bigint NOT NULL DEFAULT 0,
  since timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
) WITH (fillfactor = 50);

-- One row per DAG that somebody wants, under its CIDv1 in base32. `due_at` set: placement and pin states of this
-- content are to be looked at again. It is set in the transaction that gives the reason.
CREATE TABLE content (
  cid text PRIMARY KEY,
  size_bytes bigint,
  since timestamptz NOT NULL DEFAULT now(),
  due_at timestamptz,
  -- What the sources said when the broker last looked for the bytes.
  source_report text
) WITH (fillfactor = 80);
CREATE INDEX content_due ON content (due_at) WHERE due_at IS NOT NULL;

-- One row per pin request: a demand on its content.
CREATE TABLE pin (
  request_id uuid PRIMARY KEY,
  tenant_id int NOT NULL REFERENCES tenant,
  token_id uuid NOT NULL,
  created bigint NOT NULL,
  status smallint NOT NULL,              -- 0 queued, 1 pinning, 2 pinned, 3 failed
  content text NOT NULL REFERENCES content,
  cid text NOT NULL,                     -- as the client wrote it
  name text,
  name_fold text,                        -- name without case differences, by Unicode's rules
  origins jsonb NOT NULL,
  meta jsonb,
  info jsonb NOT NULL,
  delegates jsonb NOT NULL,
  -- The last decision: the whole plan with its explanation, and what of it the states are computed from.
  plan jsonb,
  providers text[],
  goal_min int,
  goal_target int,
  goal_verified boolean,
  policy_revision bigint
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX pin_created ON pin (tenant_id, created) INCLUDE (status);
CREATE INDEX pin_status ON pin (tenant_id, status, created);
CREATE INDEX pin_content ON pin (content);
CREATE INDEX pin_tenant_content ON pin (tenant_id, content, created);
CREATE INDEX pin_name ON pin (tenant_id, name, created) WHERE name IS NOT NULL;
CREATE INDEX pin_name_fold ON pin (tenant_id, name_fold, created) WHERE name_fold IS NOT NULL;
-- Every search reads the whole list of entries not merged yet, so that list is kept short (kB).
CREATE INDEX pin_name_part ON pin USING gin (tenant_id, name gin_trgm_ops) WITH (gin_pending_list_limit = 64) WHERE name IS NOT NULL;
CREATE INDEX pin_name_fold_part ON pin USING gin (tenant_id, name_fold gin_trgm_ops) WITH (gin_pending_list_limit = 64) WHERE name_fold IS NOT NULL;
CREATE INDEX pin_meta ON pin USING gin (tenant_id, meta jsonb_path_ops) WITH (gin_pending_list_limit = 64) WHERE meta IS NOT NULL;

-- Exact counts without counting: how many pins of a tenant in a state were created within 2^level milliseconds.
-- Changes are appended to pin_tally_delta by triggers, without locking, and folded into pin_tally now and then; the
-- sum of both is exact at every moment.
CREATE TABLE pin_tally_delta (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id int NOT NULL,
  status smallint NOT NULL,
  bucket bigint NOT NULL,                -- created >> 9
  n int NOT NULL
);
CREATE TABLE pin_tally (
  tenant_id int NOT NULL,
  status smallint NOT NULL,
  level smallint NOT NULL,               -- 9, 15, 21, 27, 33
  bucket bigint NOT NULL,                -- created >> level
  n bigint NOT NULL,
  PRIMARY KEY (tenant_id, status, level, bucket) INCLUDE (n)
);

CREATE FUNCTION pin_tally_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO pin_tally_delta (tenant_id, status, bucket, n)
  SELECT tenant_id, status, created >> 9, count(*) FROM new_rows GROUP BY 1, 2, 3;
  RETURN NULL;
END $$;
CREATE FUNCTION pin_tally_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO pin_tally_delta (tenant_id, status, bucket, n)
  SELECT tenant_id, status, created >> 9, -count(*) FROM old_rows GROUP BY 1, 2, 3;
  RETURN NULL;
END $$;
CREATE FUNCTION pin_tally_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO pin_tally_delta (tenant_id, status, bucket, n)
  SELECT tenant_id, status, created >> 9, sum(n)
  FROM (
    SELECT tenant_id, status, created, 1 AS n FROM new_rows
    UNION ALL
    SELECT tenant_id, status, created, -1 FROM old_rows
  ) AS moved
  GROUP BY 1, 2, 3 HAVING sum(n) <> 0;
  RETURN NULL;
END $$;
CREATE TRIGGER pin_tally_inserted AFTER INSERT ON pin
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pin_tally_inserted();
CREATE TRIGGER pin_tally_deleted AFTER DELETE ON pin
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION pin_tally_deleted();
CREATE TRIGGER pin_tally_updated AFTER UPDATE ON pin
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION pin_tally_updated();

-- One row per copy: this content at this provider, shared by all pins that want it there.
CREATE TABLE replica (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  content text NOT NULL REFERENCES content,
  provider text NOT NULL,
  state text NOT NULL,                   -- planned ordered accepted claimed verified lost failed retiring
  order_key text,                        -- written before the provider hears of the order
  upstream_id text,
  delegates jsonb NOT NULL DEFAULT '[]',
  attempts int NOT NULL DEFAULT 0,
  looks int NOT NULL DEFAULT 0,          -- looks in this state that found nothing
  failure text,
  detail text,
  evidence text,
  since timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz,                   -- the provider last confirmed the copy
  verified_at timestamptz,
  due_at timestamptz,
  lease_until timestamptz,
  lease_owner uuid,                      -- the broker that holds the claim
  fence bigint NOT NULL DEFAULT 0,
  UNIQUE (content, provider)
) WITH (fillfactor = 80);
CREATE INDEX replica_due ON replica (provider, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX replica_provider ON replica (provider, state);

CREATE TABLE event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  content text NOT NULL,
  request_id uuid,                       -- null: concerns every pin of the content
  provider text,
  type text NOT NULL,
  detail text
);
CREATE INDEX event_content ON event (content, id);

CREATE TABLE idempotency (
  tenant_id int NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  request_id uuid NOT NULL,
  expires timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_expires ON idempotency (expires);
