package dev.pinfold.broker.store;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which database the broker uses, and how.
 *
 * @param url {@code postgresql://user:password@host:port/database} of a PostgreSQL 14 or newer; null for the embedded one
 * @param dataDirectory the broker's own folder, made where it is missing; its free space is watched
 * @param writeConnections 1..200; more than 16 make writes slower
 * @param readConnections 1..100, each carrying many reads at once
 * @param reserveBytes free space below which new work is refused
 */
public record DatabaseConfig(
        @Nullable String url, Path dataDirectory, int writeConnections, int readConnections, long reserveBytes) {
    /** 256 MiB: room for everything in flight and for PostgreSQL's log until its next checkpoint. */
    public static final long DEFAULT_RESERVE = 256L << 20;

    public DatabaseConfig {
        if (writeConnections < 1 || writeConnections > 200) {
            throw new IllegalArgumentException("writeConnections must be 1..200: " + writeConnections);
        }
        if (readConnections < 1 || readConnections > 100) {
            throw new IllegalArgumentException("readConnections must be 1..100: " + readConnections);
        }
        if (reserveBytes < 0) {
            throw new IllegalArgumentException("reserveBytes must not be negative: " + reserveBytes);
        }
    }

    /** The embedded database below this folder, with the usual number of connections. */
    public static DatabaseConfig embedded(Path dataDirectory) {
        return new DatabaseConfig(null, dataDirectory, 12, 4, DEFAULT_RESERVE);
    }

    /** A URL holds a password: it is not shown. */
    @Override
    public String toString() {
        return "DatabaseConfig[" + (url == null ? "embedded" : "url") + ", dataDirectory=" + dataDirectory + "]";
    }
}
