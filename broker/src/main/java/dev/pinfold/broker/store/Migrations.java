package dev.pinfold.broker.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the schema forward: numbered SQL scripts, each applied once, in order, in a transaction of its own.
 *
 * <p>The scripts are named in an index file beside them, because a class path cannot be listed reliably. Several brokers
 * that start at once wait for each other on an advisory lock. A script that was changed after it was applied, and a
 * database that is ahead of this program, are refused.
 */
public final class Migrations {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    private static final Pattern NAME = Pattern.compile("V([0-9]{3})__[a-z0-9_]+\\.sql");
    /** Any constant will do; this one is "pinfold" in ASCII. */
    private static final long LOCK = 0x70696e666f6c64L;

    private final List<Script> scripts;

    /** One script of the index. */
    record Script(int version, String name, String sql, String checksum) {}

    private Migrations(List<Script> scripts) {
        this.scripts = List.copyOf(scripts);
    }

    /** The broker's own scripts, {@code /migrations/index.txt}. */
    public static Migrations ofTheBroker() {
        return load("/migrations");
    }

    /**
     * Reads the scripts of a class path folder whose {@code index.txt} names them, one per line; empty lines and lines that
     * begin with {@code #} are left out.
     */
    static Migrations load(String folder) {
        List<Script> scripts = new ArrayList<>();
        for (String line : resource(folder + "/index.txt").lines().toList()) {
            String name = line.strip();
            if (name.isEmpty() || name.startsWith("#")) {
                continue;
            }
            Matcher matcher = NAME.matcher(name);
            if (!matcher.matches()) {
                throw new IllegalStateException("migration '" + name + "' is not named like V001__what_it_does.sql");
            }
            int version = Integer.parseInt(matcher.group(1));
            if (version != scripts.size() + 1) {
                throw new IllegalStateException("migration " + name + " stands at place " + (scripts.size() + 1)
                        + " of " + folder + "/index.txt: numbers must be 1, 2, 3 … without a gap");
            }
            String sql = resource(folder + "/" + name);
            scripts.add(new Script(version, name, sql, sha256(sql)));
        }
        return new Migrations(scripts);
    }

    /** Applies what is missing; blocking. Returns how many scripts were applied by this call. */
    public int apply(Pool pool) {
        SqlConnection connection = pool.getConnection().await();
        try {
            connection.query("SELECT pg_advisory_lock(" + LOCK + ")").execute().await();
            return applyLocked(connection);
        } finally {
            // The lock belongs to the session; a pooled one goes on to live, so it is given back by name.
            connection
                    .query("SELECT pg_advisory_unlock(" + LOCK + ")")
                    .execute()
                    .eventually(connection::close)
                    .otherwiseEmpty()
                    .await();
        }
    }

    private int applyLocked(SqlConnection connection) {
        connection.query("""
                        CREATE TABLE IF NOT EXISTS schema_version (
                            version    integer PRIMARY KEY,
                            name       text NOT NULL,
                            checksum   text NOT NULL,
                            applied_at timestamptz NOT NULL DEFAULT now())
                        """).execute().await();
        Map<Integer, Row> applied = new HashMap<>();
        connection
                .query("SELECT version, name, checksum FROM schema_version")
                .execute()
                .await()
                .forEach(row -> applied.put(row.getInteger("version"), row));
        check(applied);
        int count = 0;
        for (Script script : scripts) {
            if (!applied.containsKey(script.version())) {
                applyOne(connection, script);
                count++;
            }
        }
        return count;
    }

    private void check(Map<Integer, Row> applied) {
        int known = scripts.size();
        int newest = applied.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
        if (newest > known) {
            throw new IllegalStateException("the database has schema version " + newest
                    + " and this program knows versions up to " + known
                    + ": start the newer Pinfold again, or restore a backup from before the upgrade");
        }
        for (Script script : scripts) {
            Row row = applied.get(script.version());
            if (row != null && !script.checksum().equals(row.getString("checksum"))) {
                throw new IllegalStateException("migration " + script.name()
                        + " was changed after it was applied to this database: bring the original back and put the"
                        + " change into a new migration");
            }
            if (row == null && script.version() < newest) {
                throw new IllegalStateException("migration " + script.name() + " is missing in the database though "
                        + newest + " is there: the table schema_version was altered by hand");
            }
        }
    }

    private static void applyOne(SqlConnection connection, Script script) {
        var transaction = connection.begin().await();
        try {
            connection.query(script.sql()).execute().await();
            connection
                    .preparedQuery("INSERT INTO schema_version (version, name, checksum) VALUES ($1, $2, $3)")
                    .execute(Tuple.of(script.version(), script.name(), script.checksum()))
                    .await();
            transaction.commit().await();
            LOG.info("applied migration {}", script.name());
        } catch (Throwable e) {
            transaction.rollback().recover(ignored -> Future.succeededFuture()).await();
            throw new IllegalStateException(
                    "migration " + script.name() + " failed and was taken back: " + e.getMessage(), e);
        }
    }

    private static String resource(String path) {
        try (InputStream in = Migrations.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + path + " is missing in this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
