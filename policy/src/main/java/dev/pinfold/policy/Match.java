package dev.pinfold.policy;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which pins a rule speaks of; every part that is present must match.
 *
 * @param tokens names of tokens; empty matches any
 * @param tokenLabels labels the token must have
 * @param tenants names of tenants; empty matches any
 * @param name glob over the pin's name; null matches any
 * @param meta meta key to allowed values; an empty set only asks that the key is present
 * @param size range of the size; a pin of unknown size never matches a size range
 */
public record Match(
        SortedSet<String> tokens,
        SortedMap<String, String> tokenLabels,
        SortedSet<String> tenants,
        @Nullable Glob name,
        SortedMap<String, SortedSet<String>> meta,
        @Nullable SizeBounds size) {

    /** Matches every pin. */
    public static final Match EVERYTHING =
            new Match(new TreeSet<>(), new TreeMap<>(), new TreeSet<>(), null, new TreeMap<>(), null);

    /** Copies the collections. */
    public Match {
        tokens = Collections.unmodifiableSortedSet(new TreeSet<>(tokens));
        tokenLabels = Collections.unmodifiableSortedMap(new TreeMap<>(tokenLabels));
        tenants = Collections.unmodifiableSortedSet(new TreeSet<>(tenants));
        meta = Collections.unmodifiableSortedMap(new TreeMap<>(meta));
    }

    /**
     * Both ends inclusive.
     *
     * @param min smallest matching size
     * @param max largest matching size
     */
    public record SizeBounds(long min, long max) {}

    /** True when this matches every pin whatever it is. */
    public boolean isCatchAll() {
        return equals(EVERYTHING);
    }

    /** True when the pin is spoken of. */
    public boolean matches(PlacementRequest request) {
        return (tokens.isEmpty() || tokens.contains(request.token()))
                && request.tokenLabels().entrySet().containsAll(tokenLabels.entrySet())
                && (tenants.isEmpty() || tenants.contains(request.tenant()))
                && (name == null || name.matches(request.name()))
                && metaMatches(request.meta())
                && sizeMatches(request.sizeBytes());
    }

    private boolean metaMatches(Map<String, String> given) {
        for (Map.Entry<String, SortedSet<String>> wanted : meta.entrySet()) {
            String value = given.get(wanted.getKey());
            if (value == null
                    || (!wanted.getValue().isEmpty() && !wanted.getValue().contains(value))) {
                return false;
            }
        }
        return true;
    }

    private boolean sizeMatches(@Nullable Long bytes) {
        if (size == null) {
            return true;
        }
        return bytes != null && bytes >= size.min() && bytes <= size.max();
    }
}
