-- Since when each provider is known, and which storage price it had before: what `newProvider.until.days` and the guard
-- against raises (`price.gouging`) of a policy reckon with.
CREATE TABLE provider_history (
  provider text PRIMARY KEY,
  since timestamptz NOT NULL DEFAULT now(), -- a broker first had it in its configuration
  picos bigint,                          -- storage per GiB and month, 10^-12; null: nobody wrote it down yet
  currency text,
  changed_at timestamptz,                -- a broker first saw this price; null: there was no other before
  previous_picos bigint,
  previous_currency text
);
INSERT INTO provider_history (provider, since) SELECT provider, min(since) FROM replica GROUP BY provider;
