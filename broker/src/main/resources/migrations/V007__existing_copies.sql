-- How long copies may stay away before they are made elsewhere, and how long they stay when no pin wants them.

ALTER TABLE replica ADD COLUMN lost_at timestamptz; -- it was there and is missing since; null: it is not
UPDATE replica SET lost_at = since WHERE state = 'lost';

-- Deleted pins whose copies may have to stay, by the deleteGrace or legalHold of the rule that they are under. A row goes as
-- soon as the policy in force says that it keeps nothing.
CREATE TABLE pin_gone (
  request_id uuid PRIMARY KEY,
  content text NOT NULL,
  tenant_id int NOT NULL,
  token_id uuid NOT NULL,
  name text,
  meta jsonb,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX pin_gone_content ON pin_gone (content);
