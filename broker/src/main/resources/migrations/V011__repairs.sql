-- Which copies replace lost ones, and since when: what `repair.rate` of a policy counts.

ALTER TABLE replica ADD COLUMN repair_at timestamptz; -- it was decided upon in place of a lost copy; null: it was not
CREATE INDEX replica_repairing ON replica (provider, content)
  WHERE repair_at IS NOT NULL AND state IN ('planned', 'ordered', 'accepted');
CREATE INDEX replica_repaired ON replica (repair_at) WHERE repair_at IS NOT NULL;
