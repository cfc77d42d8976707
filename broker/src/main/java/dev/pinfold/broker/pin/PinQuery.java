package dev.pinfold.broker.pin;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A checked list query (PSA v1.0.0, GET /pins).
 *
 * @param contents canonical CIDs; empty: any
 * @param name what the name is compared with; null: any
 * @param match how
 * @param statuses never empty
 * @param from first {@code created} that counts, in milliseconds (one past {@code after})
 * @param to first {@code created} that no longer counts ({@code before})
 * @param limit 1..1000
 * @param meta pairs that must all be there; empty: any
 */
public record PinQuery(
        List<String> contents,
        @Nullable String name,
        Match match,
        Set<PinStatus> statuses,
        long from,
        long to,
        int limit,
        Map<String, String> meta) {
    /** Later than any pin, and far from overflow. */
    public static final long END_OF_TIME = 1L << 52;

    /** How names are compared. */
    public enum Match {
        EXACT,
        IEXACT,
        PARTIAL,
        IPARTIAL
    }

    public PinQuery {
        contents = List.copyOf(contents);
        statuses = Set.copyOf(statuses);
        meta = Map.copyOf(meta);
        if (statuses.isEmpty()) {
            throw new IllegalArgumentException("a query needs at least one status");
        }
    }

    /** Whether only state and time matter, so that the count comes from the tallies. */
    public boolean countsByTally() {
        return contents.isEmpty() && name == null && meta.isEmpty();
    }

    public boolean anyStatus() {
        return statuses.size() == EnumSet.allOf(PinStatus.class).size();
    }
}
