package dev.pinfold.broker.store;

import dev.pinfold.policy.Money;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Since when providers are known, and what they charged before. Calls block. */
public final class ProviderHistoryStore {
    private static final String NOTE = """
            INSERT INTO provider_history (provider, picos, currency)
            SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[])
            ON CONFLICT (provider) DO UPDATE
            SET picos = excluded.picos, currency = excluded.currency,
              changed_at = CASE WHEN provider_history.picos IS NULL THEN NULL ELSE now() END,
              previous_picos = provider_history.picos, previous_currency = provider_history.currency
            WHERE (provider_history.picos, provider_history.currency)
              IS DISTINCT FROM (excluded.picos, excluded.currency)
            """;
    private static final String ALL = """
            SELECT provider, since, changed_at, previous_picos, previous_currency FROM provider_history
            """;

    private final Database database;

    public ProviderHistoryStore(Database database) {
        this.database = database;
    }

    /** What a provider charges for a stored GiB a month. */
    public record StoragePrice(String provider, Money amount, String currency) {}

    /**
     * What is known of a provider's past.
     *
     * @param since when a broker first had it in its configuration
     * @param before its storage price before the present one; null where it never had another
     * @param until until when it was so; null together with {@code before}
     */
    public record Past(
            Instant since,
            @Nullable StoragePrice before,
            @Nullable Instant until) {}

    /** Notes providers that are new, and prices that are others than before. */
    public void note(Collection<StoragePrice> prices) {
        database.await(database.writes()
                .preparedQuery(NOTE)
                .execute(Tuple.tuple()
                        .addValue(prices.stream().map(StoragePrice::provider).toArray(String[]::new))
                        .addValue(prices.stream()
                                .map(price -> price.amount().picos())
                                .toArray(Long[]::new))
                        .addValue(prices.stream().map(StoragePrice::currency).toArray(String[]::new))));
    }

    /** What is known, by provider. */
    public Map<String, Past> all() {
        Map<String, Past> all = new LinkedHashMap<>();
        for (Row row : database.await(database.writes().query(ALL).execute())) {
            String provider = row.getString(0);
            OffsetDateTime changed = row.getOffsetDateTime(2);
            all.put(
                    provider,
                    new Past(
                            row.getOffsetDateTime(1).toInstant(),
                            changed == null
                                    ? null
                                    : new StoragePrice(provider, new Money(row.getLong(3)), row.getString(4)),
                            changed == null ? null : changed.toInstant()));
        }
        return all;
    }
}
