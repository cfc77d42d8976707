package dev.pinfold.conformance.checks;

import static dev.pinfold.conformance.rule.Level.L3;
import static dev.pinfold.conformance.rule.Severity.MUST;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.conformance.content.Rfc3339;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.Trial;
import dev.pinfold.conformance.session.Pinned;
import dev.pinfold.conformance.session.Query;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** L3, first half: order, limits, time windows, counts, and whether a walk over all pages sees every pin once. */
public final class PagingChecks {
    private static final String PAGING = "PSA v1.0.0: Pagination and filtering";
    private static final String PARAMETERS = "PSA v1.0.0: parameters/";
    private static final int WIDE = 50;
    private static final DateTimeFormatter NANOS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);

    private PagingChecks() {}

    public static List<Check> all() {
        List<Check> checks = new ArrayList<>(pages());
        checks.addAll(windows());
        checks.addAll(walks());
        return List.copyOf(checks);
    }

    private static List<Check> pages() {
        return List.of(
                new Check(
                        "order.newest-first",
                        L3,
                        MUST,
                        "Results are ordered by created, newest first.",
                        PAGING + " (the most recent results first)",
                        "Paging by the oldest item of a page works in no other order.",
                        PagingChecks::order),
                new Check(
                        "limit.default-10",
                        L3,
                        MUST,
                        "Without limit a page has at most 10 results, and 10 when there are more.",
                        PARAMETERS + "limit (default 10)",
                        "Clients that send none expect small pages.",
                        PagingChecks::defaultLimit),
                new Check(
                        "limit.honoured",
                        L3,
                        MUST,
                        "A page has exactly limit results when at least so many match.",
                        PARAMETERS + "limit",
                        "Kubo asks for one to learn the count; webui would draw thousands of rows.",
                        PagingChecks::limit));
    }

    private static List<Check> windows() {
        return List.of(
                new Check(
                        "before.exclusive",
                        L3,
                        MUST,
                        "before=T lists what was created earlier than T, without T itself.",
                        PARAMETERS + "before; " + PAGING,
                        "Inclusive, every page repeats the last pin of the one before it; ignored, the walk never ends.",
                        PagingChecks::before),
                new Check(
                        "after.exclusive",
                        L3,
                        MUST,
                        "after=T lists what was created later than T, without T itself.",
                        PARAMETERS + "after",
                        "Clients that fetch what is new would get old pins again and again.",
                        PagingChecks::after),
                new Check(
                        "window.before-and-after",
                        L3,
                        MUST,
                        "before and after together list exactly what lies between them.",
                        PARAMETERS + "before, after",
                        "Exports and accounting by period depend on it.",
                        PagingChecks::window),
                new Check(
                        "before.any-rfc3339",
                        L3,
                        MUST,
                        "before takes every RFC 3339 form: other offsets, and nanoseconds.",
                        PARAMETERS + "before (format date-time)",
                        "Kubo sends nanoseconds, others their own offset; both mean an instant.",
                        PagingChecks::timeForms));
    }

    private static List<Check> walks() {
        return List.of(
                new Check(
                        "count.respects-all-filters",
                        L3,
                        MUST,
                        "count is the number of pins that match all filters, before included, whatever the limit.",
                        "PSA v1.0.0: schemas/PinResults, count",
                        "Kubo stops when it has seen count pins: too small and pins are missing, too large and it ends with an"
                                + " error.",
                        PagingChecks::count),
                new Check(
                        "walk.every-pin-once",
                        L3,
                        MUST,
                        "Paging with before=oldest shows every pin once, at limit 1000, 100 and 10.",
                        PAGING,
                        "What a listing leaves out, a clean-up or a migration leaves out too.",
                        PagingChecks::walk),
                new Check(
                        "walk.burst-created-distinct",
                        L3,
                        MUST,
                        "Pins made at the same moment have different created.",
                        PAGING + " (created must be globally unique)",
                        "Two pins with one created are one too few at a page border.",
                        PagingChecks::burst));
    }

    private static void order(Trial t) {
        t.population();
        Exchange page = t.psa().list(Query.all().limit(WIDE));
        t.requireStatus(page, 200);
        Optional<Instant> previous = Optional.empty();
        for (JsonNode result : page.json().path("results")) {
            Optional<Instant> created = time(result);
            if (previous.isPresent() && created.isPresent() && created.get().isAfter(previous.get())) {
                t.require(false, page, "nothing newer after " + previous.get(), "created " + created.get());
            }
            previous = created;
        }
    }

    private static void defaultLimit(Trial t) {
        t.population();
        Exchange page = t.psa().list(Query.all());
        t.requireStatus(page, 200);
        expectSize(t, page, 10);
    }

    private static void limit(Trial t) {
        t.population();
        for (int limit : List.of(1, 3, 11)) {
            Exchange page = t.psa().list(Query.all().limit(limit));
            if (t.expectStatus(page, 200)) {
                expectSize(t, page, limit);
            }
        }
    }

    private static void expectSize(Trial t, Exchange page, int size) {
        int got = page.json().path("results").size();
        t.expect(got == size, page, size + " results", got + " results");
    }

    /** The population newest first, as its creation times say. */
    private static List<Pinned> newestFirst(Trial t) {
        List<Pinned> pins = new ArrayList<>(t.population());
        t.require(
                pins.stream().allMatch(pin -> Rfc3339.parse(pin.created()).isPresent()),
                pins.getFirst().exchange(),
                "a created time to page by",
                "created '" + pins.getFirst().created() + "'");
        pins.sort(Comparator.comparing(
                        (Pinned pin) -> Rfc3339.parse(pin.created()).orElseThrow())
                .reversed());
        return pins;
    }

    private static void before(Trial t) {
        List<Pinned> pins = newestFirst(t);
        Pinned border = pins.get(4);
        Exchange page = t.psa().list(Query.all().before(border.created()).limit(WIDE));
        t.requireStatus(page, 200);
        Set<String> ids = ids(page);
        t.expect(!ids.contains(border.id()), page, "without the pin created at " + border.created(), "it is listed");
        t.expect(!ids.contains(pins.getFirst().id()), page, "without newer pins", "the newest pin is listed");
        t.expect(
                ids.contains(pins.get(5).id()),
                page,
                "the next older pin " + pins.get(5).id(),
                "it is missing");
    }

    private static void after(Trial t) {
        List<Pinned> pins = newestFirst(t);
        Pinned border = pins.get(4);
        Exchange page = t.psa().list(Query.all().after(border.created()).limit(WIDE));
        t.requireStatus(page, 200);
        Set<String> ids = ids(page);
        t.expect(!ids.contains(border.id()), page, "without the pin created at " + border.created(), "it is listed");
        t.expect(!ids.contains(pins.get(5).id()), page, "without older pins", "an older pin is listed");
        t.expect(
                ids.contains(pins.get(3).id()),
                page,
                "the next newer pin " + pins.get(3).id(),
                "it is missing");
    }

    private static void window(Trial t) {
        List<Pinned> pins = newestFirst(t);
        Pinned newer = pins.get(2);
        Pinned older = pins.get(8);
        Exchange page = t.psa()
                .list(Query.all().before(newer.created()).after(older.created()).limit(WIDE));
        t.requireStatus(page, 200);
        Set<String> ids = ids(page);
        for (int i = 0; i < pins.size(); i++) {
            boolean inside = i > 2 && i < 8;
            boolean listed = ids.contains(pins.get(i).id());
            if (!t.expect(
                    inside == listed,
                    page,
                    "the pin created at " + pins.get(i).created() + " is " + (inside ? "listed" : "not listed"),
                    "it is " + (listed ? "listed" : "not listed"))) {
                return;
            }
        }
    }

    private static void timeForms(Trial t) {
        Pinned border = newestFirst(t).get(4);
        Instant instant = Rfc3339.parse(border.created()).orElseThrow();
        String nanos = NANOS.format(instant);
        for (String form : List.of(
                Rfc3339.at(instant, ZoneOffset.ofHours(2)),
                Rfc3339.at(instant, ZoneOffset.ofHoursMinutes(-5, -30)),
                nanos)) {
            Exchange page = t.psa().list(Query.all().before(form).limit(1));
            if (t.expectStatus(page, 200)) {
                Optional<Instant> newest = time(page.json().path("results").path(0));
                t.expect(
                        newest.isPresent()
                                && newest.get().isBefore(instant)
                                && newest.get().isAfter(instant.minusSeconds(3600)),
                        page,
                        "the pin just before " + form,
                        newest.map(Instant::toString).orElse("no result"));
            }
        }
    }

    private static void count(Trial t) {
        List<Pinned> pins = newestFirst(t);
        List<String> cids = pins.subList(0, 10).stream().map(Pinned::cid).toList();
        expectCount(t, Query.all().cids(cids), 10);
        expectCount(t, Query.all().cids(cids).limit(3), 10);
        expectCount(t, Query.all().cids(cids).before(pins.get(4).created()).limit(3), 5);
        expectCount(t, Query.all().cids(cids).after(pins.get(4).created()).limit(3), 4);
        expectCount(t, Query.all().name(t.session().population().name()).limit(2), pins.size());
        expectCount(t, Query.all().cid(t.session().hashedCid()), 0);
    }

    private static void expectCount(Trial t, Query query, int expected) {
        Exchange page = t.psa().list(query);
        if (t.expectStatus(page, 200)) {
            String got = page.json().path("count").asText("missing");
            t.expect(got.equals(String.valueOf(expected)), page, "count " + expected, "count " + got);
        }
    }

    private static void walk(Trial t) {
        List<Pinned> pins = t.population();
        for (int limit : List.of(1000, 100, 10)) {
            KuboWalk walk = KuboWalk.over(
                    t.psa(), Query.all().name(t.session().population().name()), limit, pins.size());
            walk.problem()
                    .ifPresent(problem ->
                            t.expect(false, walk.last(), "a walk that ends", problem + " (limit " + limit + ")"));
            Set<String> once = new HashSet<>(walk.ids());
            long missing = pins.stream().filter(pin -> !once.contains(pin.id())).count();
            t.expect(
                    missing == 0,
                    walk.last(),
                    "all " + pins.size() + " pins",
                    missing + " missing (limit " + limit + ")");
            int twice = walk.ids().size() - once.size();
            t.expect(twice == 0, walk.last(), "every pin once", twice + " listed again (limit " + limit + ")");
        }
        t.note(pins.size() + " pins walked at limits 1000, 100, 10");
    }

    private static void burst(Trial t) {
        Set<String> times = new HashSet<>();
        for (Pinned pin : t.population()) {
            t.expect(
                    times.add(pin.created()),
                    pin.exchange(),
                    "a created of its own",
                    pin.created() + " was given before");
        }
        t.note(times.size() + " pins made " + t.settings().concurrency() + " at a time");
    }

    private static Set<String> ids(Exchange page) {
        Set<String> ids = new HashSet<>();
        page.json()
                .path("results")
                .forEach(result -> ids.add(result.path("requestid").asText()));
        return ids;
    }

    private static Optional<Instant> time(JsonNode result) {
        return Rfc3339.parse(result.path("created").asText());
    }
}
