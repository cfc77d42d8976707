-- What came of drains, and copies of deleted pins that leave a provider which is being drained.

-- One row per drain that came to its end; written only in the moment in which nothing is left at the provider.
CREATE TABLE drain_end (
  provider text NOT NULL,
  since timestamptz NOT NULL,            -- when the drain began
  author text NOT NULL,                  -- the token's name; or: policy
  reason text NOT NULL,
  must_finish_by timestamptz,
  ended_at timestamptz NOT NULL DEFAULT now(),
  moved_copies bigint NOT NULL,          -- their content was held elsewhere in that moment
  moved_bytes bigint NOT NULL,
  moved_unsized bigint NOT NULL,         -- of the moved, those whose size is not known; not in moved_bytes
  released_copies bigint NOT NULL,       -- nobody wanted them any more
  PRIMARY KEY (provider, since)
);
CREATE INDEX event_gone ON event (provider, at) WHERE type = 'replica.gone';

ALTER TABLE pin_gone
  ADD COLUMN move_to text[],             -- where the copies it keeps are moving; null: they are not
  ADD COLUMN replan text,                -- who asked for that: drain:PROVIDER
  ADD COLUMN replan_note text,           -- why they could not the last time
  ADD COLUMN replanned_at timestamptz;
CREATE INDEX pin_gone_replan ON pin_gone (replan) WHERE replan IS NOT NULL;
