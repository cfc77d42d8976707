-- Policies with their history, what copies cost, what the operator decided about providers, and plans for existing pins.

-- Every policy that was ever in force; the highest revision is. A row never changes.
CREATE TABLE policy (
  revision bigint PRIMARY KEY,
  name text NOT NULL,
  text text NOT NULL,
  source text NOT NULL,                  -- file api rollback plan
  author text NOT NULL,                  -- the token's name, or the file's
  restores bigint,                       -- rollback: the revision whose text came back
  since timestamptz NOT NULL DEFAULT now()
);

-- No row: active.
CREATE TABLE provider_state (
  provider text PRIMARY KEY,
  state text NOT NULL,                   -- cordoned draining sunset
  reason text NOT NULL,
  author text NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  must_finish_by timestamptz,
  copies bigint NOT NULL DEFAULT 0,      -- held when the state was set
  finished_at timestamptz                -- a drain: nothing was left
);

ALTER TABLE pin
  ADD COLUMN move_to text[],             -- where its copies are moving; `providers` has these and those being left
  ADD COLUMN replan text,                -- who asked to decide anew: plan:ID or drain:PROVIDER
  ADD COLUMN replan_note text,           -- what came of it the last time
  ADD COLUMN replanned_at timestamptz,
  ADD COLUMN moved_at timestamptz,
  ADD COLUMN degraded boolean NOT NULL DEFAULT false,
  ADD COLUMN decided_size bigint,        -- the size the decision reckoned with; null: it was not known
  ADD COLUMN rule text,
  ADD COLUMN expires_at timestamptz,
  ADD COLUMN keep_last int;
CREATE INDEX pin_replan ON pin (replan) WHERE replan IS NOT NULL;
CREATE INDEX pin_expires ON pin (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX pin_expires_rule ON pin (tenant_id, rule, created) WHERE expires_at IS NOT NULL;

-- Who pays for a copy, and how much a month (10^-12 of the policy's currency). Copies are charged when they are decided
-- upon, before anybody is asked to make them.
CREATE TABLE charge (
  content text NOT NULL,
  provider text NOT NULL,
  request_id uuid NOT NULL,
  tenant_id int NOT NULL,
  token_id uuid NOT NULL,
  picos bigint NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (content, provider)
) WITH (fillfactor = 85);
CREATE INDEX charge_request ON charge (request_id);

-- The sum of all charges by token, kept by triggers; and what copies cost that ended, which stays spent for its month.
CREATE TABLE spend_running (
  tenant_id int NOT NULL,
  token_id uuid NOT NULL,
  picos numeric NOT NULL,
  PRIMARY KEY (tenant_id, token_id)
) WITH (fillfactor = 50);
CREATE TABLE spend_ended (
  month date NOT NULL,                   -- its first day, UTC
  tenant_id int NOT NULL,
  token_id uuid NOT NULL,
  picos numeric NOT NULL,
  PRIMARY KEY (month, tenant_id, token_id)
) WITH (fillfactor = 50);

CREATE FUNCTION charge_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO spend_running SELECT tenant_id, token_id, sum(picos) FROM new_rows GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (tenant_id, token_id) DO UPDATE SET picos = spend_running.picos + excluded.picos;
  RETURN NULL;
END $$;
CREATE FUNCTION charge_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO spend_running SELECT tenant_id, token_id, -sum(picos) FROM old_rows GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (tenant_id, token_id) DO UPDATE SET picos = spend_running.picos + excluded.picos;
  RETURN NULL;
END $$;
CREATE FUNCTION charge_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO spend_running
  SELECT tenant_id, token_id, sum(picos) FROM (
    SELECT tenant_id, token_id, picos FROM new_rows
    UNION ALL
    SELECT tenant_id, token_id, -picos FROM old_rows
  ) AS changed GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (tenant_id, token_id) DO UPDATE SET picos = spend_running.picos + excluded.picos;
  RETURN NULL;
END $$;
CREATE TRIGGER charge_inserted AFTER INSERT ON charge
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION charge_inserted();
CREATE TRIGGER charge_deleted AFTER DELETE ON charge
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION charge_deleted();
CREATE TRIGGER charge_updated AFTER UPDATE ON charge
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION charge_updated();

-- A copy that a provider may have held stays spent until the month ends; one that never came to be costs nothing.
CREATE FUNCTION replica_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH ended AS (
    DELETE FROM charge WHERE content = OLD.content AND provider = OLD.provider
    RETURNING tenant_id, token_id, picos
  )
  INSERT INTO spend_ended
  SELECT date_trunc('month', now() AT TIME ZONE 'UTC')::date, tenant_id, token_id, picos
  FROM ended WHERE picos > 0 AND (OLD.upstream_id IS NOT NULL OR OLD.seen_at IS NOT NULL)
  ON CONFLICT (month, tenant_id, token_id) DO UPDATE SET picos = spend_ended.picos + excluded.picos;
  RETURN NULL;
END $$;
CREATE TRIGGER replica_gone AFTER DELETE ON replica FOR EACH ROW EXECUTE FUNCTION replica_gone();

-- What exists is charged as its decision said.
INSERT INTO charge (content, provider, request_id, tenant_id, token_id, picos)
SELECT DISTINCT ON (p.content, c.chosen ->> 'provider')
  p.content, c.chosen ->> 'provider', p.request_id, p.tenant_id, p.token_id,
  ((c.chosen ->> 'monthlyCost')::numeric * 1000000000000)::bigint
FROM pin p
CROSS JOIN LATERAL jsonb_array_elements(p.plan -> 'chosen') AS c (chosen)
JOIN replica r ON r.content = p.content AND r.provider = c.chosen ->> 'provider'
ORDER BY p.content, c.chosen ->> 'provider', p.created;

-- What would move over all pins, as it was worked out in one state of the world.
CREATE TABLE plan (
  id uuid PRIMARY KEY,
  since timestamptz NOT NULL DEFAULT now(),
  author text NOT NULL,
  state text NOT NULL,                   -- planning planned applying-canary canary applying applied failed
  policy_revision bigint NOT NULL,       -- in force when it was made; after applying: the one it put in force
  policy_text text,                      -- the policy it is for; null: the one in force
  world_hash text NOT NULL,              -- providers, prices and states, without health and usage
  canary bigint NOT NULL,                -- millionths of the contents that move first
  summary jsonb NOT NULL DEFAULT '{}',
  detail text,
  beat_at timestamptz NOT NULL DEFAULT now(),
  canary_at timestamptz                  -- the canary was moved
);
CREATE TABLE plan_move (
  plan uuid NOT NULL REFERENCES plan ON DELETE CASCADE,
  request_id uuid NOT NULL,
  content text NOT NULL,
  canary boolean NOT NULL,
  money boolean NOT NULL,                -- for the price, not out of need
  bytes bigint NOT NULL,                 -- to be copied
  held text[] NOT NULL,
  target text[] NOT NULL,
  added text[] NOT NULL,
  state smallint NOT NULL DEFAULT 0,     -- 0 waiting 1 moving 2 moved 3 not moved
  detail text,
  started_at timestamptz,
  PRIMARY KEY (plan, request_id)
);
CREATE INDEX plan_move_state ON plan_move (plan, state);
CREATE INDEX plan_move_started ON plan_move (started_at) WHERE started_at IS NOT NULL;
CREATE INDEX replica_lost ON replica (provider) WHERE state = 'lost';
CREATE INDEX event_lost ON event (at, provider) WHERE type = 'replica.lost';

-- Audits that somebody asked for. How far one is shows in the replicas and events.
CREATE TABLE audit (
  id uuid PRIMARY KEY,
  provider text NOT NULL,
  author text NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  copies bigint NOT NULL
);
