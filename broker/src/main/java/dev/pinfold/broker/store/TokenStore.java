package dev.pinfold.broker.store;

import dev.pinfold.broker.pin.Caller;
import dev.pinfold.broker.pin.Caller.Scope;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tenants and their tokens. A token's text is never stored, only its SHA-256. */
public final class TokenStore {
    /** The notification channel on which brokers tell each other of revoked tokens. */
    public static final String REVOKED_CHANNEL = "pinfold_token_revoked";

    private static final String FIND = """
            SELECT t.id, t.name, t.tenant_id, tenant.name, t.scopes, t.requests_per_second, t.max_pins
            FROM token t JOIN tenant ON tenant.id = t.tenant_id
            WHERE t.hash = $1 AND t.revoked_at IS NULL
            """;
    private static final String ENSURE_TENANT = """
            WITH made AS (INSERT INTO tenant (name) VALUES ($1) ON CONFLICT (name) DO NOTHING RETURNING id)
            SELECT id, true FROM made UNION ALL SELECT id, false FROM tenant WHERE name = $1 LIMIT 1
            """;
    private static final String CREATE = """
            INSERT INTO token (id, tenant_id, name, hash, scopes, requests_per_second, max_pins)
            SELECT $1, id, $3, $4, $5, $6, $7 FROM tenant WHERE name = $2
            """;
    private static final String REVOKE = """
            WITH gone AS (
              UPDATE token SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING hash
            )
            SELECT hash, pg_notify('pinfold_token_revoked', encode(hash, 'hex')) FROM gone
            """;
    private static final String LIST = """
            SELECT t.id, t.name, tenant.name, t.scopes, t.requests_per_second, t.max_pins, t.pins, t.since, t.revoked_at
            FROM token t JOIN tenant ON tenant.id = t.tenant_id ORDER BY t.since, t.id
            """;
    private static final String TENANTS = "SELECT name, since FROM tenant ORDER BY name";

    private final SqlClient reads;
    private final Pool writes;

    public TokenStore(SqlClient reads, Pool writes) {
        this.reads = reads;
        this.writes = writes;
    }

    /** Finds who a token belongs to; empty when it is unknown or revoked. */
    public Future<Optional<Caller>> find(byte[] hash) {
        return reads.preparedQuery(FIND)
                .execute(Tuple.of(Buffer.buffer(hash)))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(caller(rows.iterator().next())));
    }

    private static Caller caller(Row row) {
        return new Caller(
                row.getUUID(0),
                row.getString(1),
                row.getInteger(2),
                row.getString(3),
                scopes(row.getArrayOfStrings(4)),
                row.getInteger(5),
                row.getLong(6));
    }

    private static Set<Scope> scopes(String[] words) {
        return Arrays.stream(words)
                .map(word -> Scope.ofWord(word).orElseThrow())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Makes a tenant unless it exists; true when it was made. */
    public Future<Boolean> ensureTenant(String name) {
        return writes.preparedQuery(ENSURE_TENANT)
                .execute(Tuple.of(name))
                .map(rows -> rows.iterator().next().getBoolean(1));
    }

    /** A token to be written. */
    public record NewToken(
            UUID id,
            String tenant,
            String name,
            Buffer hash,
            Set<Scope> scopes,
            @Nullable Integer requestsPerSecond,
            @Nullable Long maxPins) {
        public NewToken {
            scopes = Set.copyOf(scopes);
        }
    }

    /** Writes a token; false when its tenant does not exist. */
    public Future<Boolean> create(NewToken token) {
        String[] scopes = token.scopes().stream().map(Scope::word).sorted().toArray(String[]::new);
        return writes.preparedQuery(CREATE)
                .execute(Tuple.of(token.id(), token.tenant(), token.name(), token.hash())
                        .addValue(scopes)
                        .addValue(token.requestsPerSecond())
                        .addValue(token.maxPins()))
                .map(rows -> rows.rowCount() > 0);
    }

    /** Revokes a token and tells all brokers; answers its hash, or nothing when there is no such token in force. */
    public Future<Optional<byte[]>> revoke(UUID id) {
        return writes.preparedQuery(REVOKE)
                .execute(Tuple.of(id))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(rows.iterator().next().getBuffer(0).getBytes()));
    }

    /** A token as the operator sees it. */
    public record TokenRow(
            UUID id,
            String name,
            String tenant,
            Set<Scope> scopes,
            @Nullable Integer requestsPerSecond,
            @Nullable Long maxPins,
            long pins,
            OffsetDateTime since,
            @Nullable OffsetDateTime revokedAt) {
        public TokenRow {
            scopes = Set.copyOf(scopes);
        }
    }

    /** All tokens, oldest first. */
    public Future<List<TokenRow>> list() {
        return reads.preparedQuery(LIST).execute().map(rows -> {
            List<TokenRow> tokens = new ArrayList<>();
            for (Row row : rows) {
                tokens.add(new TokenRow(
                        row.getUUID(0),
                        row.getString(1),
                        row.getString(2),
                        scopes(row.getArrayOfStrings(3)),
                        row.getInteger(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getOffsetDateTime(7),
                        row.getOffsetDateTime(8)));
            }
            return tokens;
        });
    }

    /** A tenant. */
    public record TenantRow(String name, OffsetDateTime since) {}

    /** All tenants by name. */
    public Future<List<TenantRow>> tenants() {
        return reads.preparedQuery(TENANTS).execute().map(rows -> {
            List<TenantRow> tenants = new ArrayList<>();
            for (Row row : rows) {
                tenants.add(new TenantRow(row.getString(0), row.getOffsetDateTime(1)));
            }
            return tenants;
        });
    }
}
