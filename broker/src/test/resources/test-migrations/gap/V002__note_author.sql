ALTER TABLE note ADD COLUMN author text NOT NULL DEFAULT 'nobody';
