-- Copies that gave readers wrong bytes: three within a day set their provider aside.
CREATE INDEX event_quarantined ON event (at) WHERE type = 'replica.quarantined';
