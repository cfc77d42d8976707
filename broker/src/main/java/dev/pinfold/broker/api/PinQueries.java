package dev.pinfold.broker.api;

import dev.pinfold.broker.config.BrokerConfig.DefaultStatus;
import dev.pinfold.broker.pin.PinQuery;
import dev.pinfold.broker.pin.PinQuery.Match;
import dev.pinfold.broker.pin.PinStatus;
import io.vertx.core.MultiMap;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the query of GET /pins (PSA v1.0.0, parameters of getPins). Lists may come as CSV, repeated, or both; meta as
 * JSON, as {@code meta[key]=value}, or as the {@code map[key:value]} that one client library sends.
 */
final class PinQueries {
    private static final int MAX_CIDS = 10;

    private PinQueries() {}

    static PinQuery read(MultiMap query, DefaultStatus defaultStatus, int maxMetaKeys) {
        String name = single(query, "name");
        String wanted = name == null ? null : PinBodies.name("query parameter 'name'", name);
        String after = single(query, "after");
        String before = single(query, "before");
        return new PinQuery(
                contents(query),
                wanted,
                match(single(query, "match")),
                statuses(query, wanted, defaultStatus),
                after == null ? 0 : floorMillis(Times.parse("after", after)) + 1,
                before == null ? PinQuery.END_OF_TIME : ceilMillis(Times.parse("before", before)),
                limit(single(query, "limit")),
                meta(query, maxMetaKeys));
    }

    private static @Nullable String single(MultiMap query, String parameter) {
        List<String> values = query.getAll(parameter);
        if (values.size() > 1) {
            throw PinBodies.bad(
                    "query parameter '" + parameter + "' is given " + values.size() + " times; give it once");
        }
        return values.isEmpty() ? null : values.getFirst();
    }

    private static List<String> contents(MultiMap query) {
        Set<String> contents = new LinkedHashSet<>();
        for (String text : csv(query, "cid")) {
            contents.add(PinBodies.cid("query parameter 'cid'", text).canonical());
        }
        if (csv(query, "cid").size() > MAX_CIDS) {
            throw PinBodies.bad("query parameter 'cid' names more than " + MAX_CIDS + " CIDs; ask for at most "
                    + MAX_CIDS + " at once");
        }
        return new ArrayList<>(contents);
    }

    private static Set<String> csv(MultiMap query, String parameter) {
        Set<String> values = new LinkedHashSet<>();
        for (String csv : query.getAll(parameter)) {
            for (String value : csv.split(",", -1)) {
                if (value.isBlank()) {
                    throw PinBodies.bad("query parameter '" + parameter + "' has an empty entry");
                }
                values.add(value.strip());
            }
        }
        return values;
    }

    private static Match match(@Nullable String text) {
        return text == null
                ? Match.EXACT
                : switch (text) {
                    case "exact" -> Match.EXACT;
                    case "iexact" -> Match.IEXACT;
                    case "partial" -> Match.PARTIAL;
                    case "ipartial" -> Match.IPARTIAL;
                    default ->
                        throw PinBodies.bad("query parameter 'match' must be exact, iexact, partial or ipartial, not '"
                                + Shown.of(text) + "'");
                };
    }

    private static Set<PinStatus> statuses(MultiMap query, @Nullable String name, DefaultStatus defaultStatus) {
        Set<String> words = csv(query, "status");
        if (words.isEmpty()) {
            return switch (defaultStatus) {
                case ALL -> EnumSet.allOf(PinStatus.class);
                case PINNED -> EnumSet.of(PinStatus.PINNED);
                case AUTO -> name == null ? EnumSet.of(PinStatus.PINNED) : EnumSet.allOf(PinStatus.class);
            };
        }
        Set<PinStatus> statuses = EnumSet.noneOf(PinStatus.class);
        for (String word : words) {
            statuses.add(PinStatus.ofWord(word)
                    .orElseThrow(() ->
                            PinBodies.bad("query parameter 'status' must list queued, pinning, pinned or failed, not '"
                                    + Shown.of(word) + "'"
                                    + (PinStatus.ofWord(word.toLowerCase(Locale.ROOT))
                                                    .isPresent()
                                            ? " (lower case)"
                                            : ""))));
        }
        return statuses;
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return 10;
        }
        if (text.matches("[0-9]{1,9}")) {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= 1000) {
                return limit;
            }
        }
        throw PinBodies.bad(
                "query parameter 'limit' must be a whole number from 1 to 1000, not '" + Shown.of(text) + "'");
    }

    private static Map<String, String> meta(MultiMap query, int maxKeys) {
        Map<String, String> meta = new LinkedHashMap<>();
        String text = single(query, "meta");
        if (text != null) {
            meta.putAll(
                    text.startsWith("map[") && text.endsWith("]")
                            ? goMap(text.substring(4, text.length() - 1))
                            : PinBodies.strings(
                                    "query parameter 'meta'",
                                    PinBodies.json(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                                    maxKeys));
        }
        for (Map.Entry<String, String> entry : query) {
            String key = entry.getKey();
            if (key.startsWith("meta[") && key.endsWith("]")) {
                meta.put(
                        PinBodies.text("query parameter 'meta'", key.substring(5, key.length() - 1)),
                        PinBodies.text("query parameter 'meta'", entry.getValue()));
            }
        }
        if (meta.size() > maxKeys) {
            throw PinBodies.bad("query parameter 'meta' has more than " + maxKeys + " keys");
        }
        return meta;
    }

    /** Go's print of a map: {@code a:b c:d}. Spaces inside keys or values cannot be told from separators. */
    private static Map<String, String> goMap(String inside) {
        Map<String, String> meta = new LinkedHashMap<>();
        for (String pair : inside.strip().split(" +", -1)) {
            int colon = pair.indexOf(':');
            if (pair.isEmpty()) {
                continue;
            }
            if (colon < 0) {
                throw PinBodies.bad("query parameter 'meta' must be a JSON object such as {\"app_id\":\"x\"}");
            }
            meta.put(
                    PinBodies.text("query parameter 'meta'", pair.substring(0, colon)),
                    PinBodies.text("query parameter 'meta'", pair.substring(colon + 1)));
        }
        return meta;
    }

    private static long floorMillis(Instant time) {
        return millis(time, 0);
    }

    private static long ceilMillis(Instant time) {
        return millis(time, time.equals(time.truncatedTo(ChronoUnit.MILLIS)) ? 0 : 1);
    }

    private static long millis(Instant time, int roundUp) {
        if (time.getEpochSecond() < 0) {
            return -1;
        }
        return time.getEpochSecond() >= PinQuery.END_OF_TIME / 1000
                ? PinQuery.END_OF_TIME
                : time.toEpochMilli() + roundUp;
    }
}
