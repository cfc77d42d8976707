package dev.pinfold.kit;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Multihash;
import dev.pinfold.kit.PsaPins.Pin;
import io.vertx.core.MultiMap;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers {@code GET /pins}: which pins, in which order, with which count, rightly or as its quirks want it. */
final class PsaPages {
    private final PsaPins pins;
    private final Random random;

    PsaPages(PsaPins pins, long seed) {
        this.pins = pins;
        this.random = new Random(seed);
    }

    /** One page. */
    record Page(int count, List<Pin> pins) {}

    /** Throws {@link IllegalArgumentException} with what is wrong with the query. */
    Page answer(MultiMap query, Set<Quirk> quirks) {
        Filter filter = Filter.read(query, quirks);
        List<Pin> matching = new ArrayList<>();
        Set<Multihash> cids = quirks.contains(Quirk.LIST_IGNORES_CID) ? Set.of() : filter.cids;
        boolean cidAlone = !cids.isEmpty() && quirks.contains(Quirk.CID_FILTER_IGNORES_OTHERS);
        for (Pin pin : pins.listable(cids)) {
            if (cidAlone || filter.takes(pin, pins.state(pin))) {
                matching.add(pin);
            }
        }
        order(matching, quirks);
        int limit = cidAlone ? Integer.MAX_VALUE : filter.limit;
        List<Pin> page = new ArrayList<>(matching.subList(0, Math.min(limit, matching.size())));
        int count = matching.size();
        if (quirks.contains(Quirk.COUNT_IS_PAGE_PLUS_ONE)) {
            count = page.size() + (matching.size() > page.size() ? 1 : 0);
        } else if (quirks.contains(Quirk.COUNT_IS_PAGE)) {
            count = page.size();
        }
        if (quirks.contains(Quirk.LIST_REPEATS_PINS) && page.size() > 1) {
            page.set(page.size() - 1, page.getFirst());
        }
        return new Page(count, page);
    }

    private void order(List<Pin> matching, Set<Quirk> quirks) {
        if (quirks.contains(Quirk.LIST_IN_RANDOM_ORDER)) {
            synchronized (random) {
                Collections.shuffle(matching, random);
            }
        } else if (quirks.contains(Quirk.LIST_OLDEST_FIRST)) {
            Collections.reverse(matching);
        }
    }

    private record Filter(
            Set<Multihash> cids,
            @Nullable String name,
            String match,
            @Nullable Set<String> status,
            long after,
            long before,
            Map<String, Object> meta,
            int limit) {
        static Filter read(MultiMap query, Set<Quirk> quirks) {
            boolean windowless = quirks.contains(Quirk.LIST_IGNORES_WINDOW);
            long widen = quirks.contains(Quirk.LIST_WINDOW_INCLUSIVE) ? 1 : 0;
            Long after = windowless ? null : moment(query.get("after"), false);
            Long before = windowless ? null : moment(query.get("before"), true);
            return new Filter(
                    cids(query.get("cid")),
                    query.get("name"),
                    query.contains("match") ? query.get("match") : "exact",
                    status(query.get("status"), quirks),
                    after == null ? Long.MIN_VALUE : after - widen,
                    before == null ? Long.MAX_VALUE : before + widen,
                    meta(query.get("meta")),
                    limit(query.get("limit"), quirks));
        }

        boolean takes(Pin pin, String state) {
            return (status == null || status.contains(state))
                    && pin.created > after
                    && pin.created < before
                    && (name == null || nameFits(pin.order.name()))
                    && meta.entrySet().stream()
                            .allMatch(pair ->
                                    pair.getValue().equals(pin.order.meta().get(pair.getKey())));
        }

        private boolean nameFits(@Nullable String have) {
            if (have == null || name == null) {
                return false;
            }
            return switch (match) {
                case "iexact" -> have.equalsIgnoreCase(name);
                case "partial" -> have.contains(name);
                case "ipartial" -> have.toLowerCase(Locale.ROOT).contains(name.toLowerCase(Locale.ROOT));
                default -> have.equals(name);
            };
        }

        private static Set<String> csv(@Nullable String text) {
            return text == null || text.isEmpty() ? Set.of() : Set.copyOf(new HashSet<>(List.of(text.split(",", -1))));
        }

        private static Set<Multihash> cids(@Nullable String text) {
            return csv(text).stream().map(cid -> Cid.parse(cid).multihash()).collect(Collectors.toUnmodifiableSet());
        }

        private static @Nullable Set<String> status(@Nullable String text, Set<Quirk> quirks) {
            if (text == null) {
                if (quirks.contains(Quirk.STATUS_IS_MANDATORY)) {
                    throw new IllegalArgumentException("status is required");
                }
                return quirks.contains(Quirk.NO_DEFAULT_STATUS) ? null : Set.of("pinned");
            }
            return quirks.contains(Quirk.STATUS_FILTER_TAKES_ONE_VALUE) ? Set.of(text) : csv(text);
        }

        /** Milliseconds; a finer moment is rounded so that comparing milliseconds gives the exact answer. */
        private static @Nullable Long moment(@Nullable String text, boolean up) {
            if (text == null) {
                return null;
            }
            try {
                OffsetDateTime at = OffsetDateTime.parse(text.replace(' ', '+'));
                boolean finer = at.getNano() % 1_000_000 != 0;
                return at.toInstant().toEpochMilli() + (up && finer ? 1 : 0);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("not a date-time: " + text, e);
            }
        }

        private static Map<String, Object> meta(@Nullable String text) {
            try {
                return text == null ? Map.of() : new JsonObject(text).getMap();
            } catch (DecodeException e) {
                throw new IllegalArgumentException("meta is not a JSON object", e);
            }
        }

        private static int limit(@Nullable String text, Set<Quirk> quirks) {
            int limit = text == null ? 10 : Integer.parseInt(text);
            int most = quirks.contains(Quirk.LIMIT_AT_MOST_100) ? 100 : 1000;
            if (limit < 1 || limit > most) {
                throw new IllegalArgumentException("limit must be 1.." + most);
            }
            return limit;
        }
    }
}
