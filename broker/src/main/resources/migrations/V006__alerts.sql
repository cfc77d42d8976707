-- What operators should know: budgets near their end, deals that expire, repair that is stopped.

CREATE TABLE alert (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,                    -- budget.warning and others, see AlertKind
  subject text NOT NULL,
  message text NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  cleared_at timestamptz,                -- null: open
  cleared_by text                        -- the token's name; null: its cause ended
);
CREATE UNIQUE INDEX alert_open ON alert (kind, subject) WHERE cleared_at IS NULL;
CREATE INDEX alert_subject ON alert (kind, subject);
