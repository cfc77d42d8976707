package dev.pinfold.conformance.checks;

import static dev.pinfold.conformance.rule.Level.L3;
import static dev.pinfold.conformance.rule.Severity.MUST;
import static dev.pinfold.conformance.rule.Severity.SHOULD;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.Json;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.Trial;
import dev.pinfold.conformance.session.Pinned;
import dev.pinfold.conformance.session.Query;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** L3, second half: what each filter lets through, alone and together. */
public final class FilterChecks {
    private static final String PARAMETERS = "PSA v1.0.0: parameters/";
    private static final String MATCH = "PSA v1.0.0: schemas/TextMatchingStrategy";

    private FilterChecks() {}

    public static List<Check> all() {
        List<Check> checks = new ArrayList<>(statuses());
        checks.addAll(matches());
        checks.addAll(combinations());
        return List.copyOf(checks);
    }

    private static List<Check> statuses() {
        return List.of(
                new Check(
                        "status.default-pinned-only",
                        L3,
                        MUST,
                        "Without any filter only pinned pins are listed.",
                        "PSA v1.0.0: getPins (no filter: only successful pins), parameters/status",
                        "Helia's isPinned() sends no status and would take a failed pin for a good one.",
                        FilterChecks::defaultStatus),
                new Check(
                        "status.each-and-pairs",
                        L3,
                        MUST,
                        "A status filter, one state or several separated by commas, lists exactly the pins in those states.",
                        PARAMETERS + "status (form style, comma separated)",
                        "`ipfs pin remote ls --status=queued,pinning` is how people see what is stuck.",
                        FilterChecks::eachStatus));
    }

    private static List<Check> matches() {
        return List.of(
                new Check(
                        "match.exact",
                        L3,
                        MUST,
                        "name matches exactly and case-sensitively, with match=exact and without match.",
                        MATCH,
                        "Kubo removes pins by name; a looser match removes others too.",
                        FilterChecks::exact),
                new Check(
                        "match.iexact",
                        L3,
                        MUST,
                        "match=iexact ignores case and matches the whole name.",
                        MATCH,
                        "People do not remember capitals.",
                        FilterChecks::iexact),
                new Check(
                        "match.partial",
                        L3,
                        MUST,
                        "match=partial finds the text anywhere in the name, case-sensitively.",
                        MATCH,
                        "A match on beginnings only hides most of what is looked for.",
                        FilterChecks::partial),
                new Check(
                        "match.ipartial",
                        L3,
                        MUST,
                        "match=ipartial finds the text anywhere in the name, ignoring case.",
                        MATCH,
                        "This is the search box of every user interface.",
                        FilterChecks::ipartial),
                new Check(
                        "match.case-beyond-ascii",
                        L3,
                        SHOULD,
                        "iexact and ipartial ignore case in every alphabet.",
                        MATCH + " (case-insensitive, not ASCII-insensitive)",
                        "ÉTÉ and été are the same word to those who write them.",
                        FilterChecks::nonAscii),
                new Check(
                        "match.no-metacharacters",
                        L3,
                        MUST,
                        "%, _, *, . and \\ in a name filter mean themselves.",
                        MATCH,
                        "A name with an underscore would find, and a clean-up remove, other pins.",
                        FilterChecks::metacharacters));
    }

    private static List<Check> combinations() {
        return List.of(
                new Check(
                        "meta.filter",
                        L3,
                        MUST,
                        "meta={\"k\":\"v\",…} lists the pins that have all these pairs, and may have more.",
                        PARAMETERS + "meta (URL-escaped JSON object)",
                        "Applications that share an account find their pins by it.",
                        FilterChecks::meta),
                new Check(
                        "cid.filter",
                        L3,
                        MUST,
                        "cid lists exactly the pins of these CIDs, up to ten separated by commas.",
                        PARAMETERS + "cid (form style, comma separated, maxItems 10)",
                        "Helia removes every pin that this filter returns.",
                        FilterChecks::cids),
                new Check(
                        "filters.combined",
                        L3,
                        MUST,
                        "All filters of one request hold at the same time.",
                        "PSA v1.0.0: Pagination and filtering",
                        "A filter that widens another one returns, and lets delete, too much.",
                        FilterChecks::combined));
    }

    private static void defaultStatus(Trial t) {
        Pinned waiting = t.pin(t.want().cid(t.session().hashedCid()));
        Exchange page = t.psa().list(Query.none());
        t.requireStatus(page, 200);
        for (JsonNode result : page.json().path("results")) {
            String status = result.path("status").asText();
            t.expect(status.equals("pinned"), page, "pinned pins only", "a pin that is " + status);
        }
        Exchange own = t.psa().get(waiting.id());
        t.note("a fresh pin was " + own.json().path("status").asText("unknown"));
    }

    private static void eachStatus(Trial t) {
        List<Pinned> pins = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            pins.add(t.pin(i % 2 == 0 ? t.want() : t.want().cid(t.session().hashedCid())));
        }
        t.awaitListed(pins.reversed());
        List<String> cids = pins.stream().map(Pinned::cid).toList();
        Map<String, String> before = statesOf(t, pins);
        Map<String, Exchange> listed = new HashMap<>();
        for (String filter :
                List.of("queued", "pinning", "pinned", "failed", "queued,pinning", "pinned,failed", "failed,queued")) {
            Exchange page = t.psa().list(Query.none().status(filter).cids(cids).limit(1000));
            if (t.expectStatus(page, 200)) {
                listed.put(filter, page);
                for (JsonNode result : page.json().path("results")) {
                    String status = result.path("status").asText();
                    t.expect(
                            Arrays.asList(filter.split(",", -1)).contains(status),
                            page,
                            "only " + filter,
                            "a pin that is " + status);
                }
            }
        }
        Map<String, String> after = statesOf(t, pins);
        before.forEach((id, state) -> {
            if (state.equals(after.get(id))) {
                listed.forEach((filter, page) -> t.expect(
                        !Arrays.asList(filter.split(",", -1)).contains(state)
                                || ids(page).contains(id),
                        page,
                        "the " + state + " pin " + id + " under status=" + filter,
                        "it is missing"));
            }
        });
    }

    private static Map<String, String> statesOf(Trial t, List<Pinned> pins) {
        Map<String, String> states = new HashMap<>();
        for (Pinned pin : pins) {
            states.put(pin.id(), t.psa().get(pin.id()).json().path("status").asText());
        }
        return states;
    }

    private static void exact(Trial t) {
        String name = t.session().unique("Name");
        Pinned right = t.pin(t.want().name(name));
        Pinned other = t.pin(t.want().name(name.toUpperCase(Locale.ROOT)));
        Pinned longer = t.pin(t.want().name(name + "-longer"));
        expectFound(t, Query.all().name(name), List.of(right), List.of(other, longer));
        expectFound(t, Query.all().name(name).and("match", "exact"), List.of(right), List.of(other, longer));
    }

    private static void iexact(Trial t) {
        String name = t.session().unique("Name");
        Pinned lower = t.pin(t.want().name(name.toLowerCase(Locale.ROOT)));
        Pinned upper = t.pin(t.want().name(name.toUpperCase(Locale.ROOT)));
        Pinned longer = t.pin(t.want().name(name + "-longer"));
        expectFound(t, Query.all().name(name).and("match", "iexact"), List.of(lower, upper), List.of(longer));
    }

    private static void partial(Trial t) {
        String core = t.session().unique("Core");
        Pinned begin = t.pin(t.want().name(core + "-x"));
        Pinned middle = t.pin(t.want().name("x-" + core + "-x"));
        Pinned end = t.pin(t.want().name("x-" + core));
        Pinned other = t.pin(t.want().name("x-" + core.toUpperCase(Locale.ROOT)));
        expectFound(t, Query.all().name(core).and("match", "partial"), List.of(begin, middle, end), List.of(other));
    }

    private static void ipartial(Trial t) {
        String core = t.session().unique("Core");
        Pinned lower = t.pin(t.want().name("x-" + core.toLowerCase(Locale.ROOT) + "-x"));
        Pinned upper = t.pin(t.want().name("x-" + core.toUpperCase(Locale.ROOT)));
        Pinned other = t.pin(t.want());
        expectFound(t, Query.all().name(core).and("match", "ipartial"), List.of(lower, upper), List.of(other));
    }

    private static void nonAscii(Trial t) {
        String core = t.session().unique("c");
        Pinned french = t.pin(t.want().name(core + "-été"));
        Pinned russian = t.pin(t.want().name(core + "-Привет мир"));
        Pinned greek = t.pin(t.want().name(core + "-ΑΒΓ"));
        expectFound(t, Query.all().name(core + "-ÉTÉ").and("match", "iexact"), List.of(french), List.of());
        expectFound(t, Query.all().name(core + "-пРИВЕТ").and("match", "ipartial"), List.of(russian), List.of(french));
        expectFound(t, Query.all().name(core + "-αβγ").and("match", "iexact"), List.of(greek), List.of());
    }

    private static void metacharacters(Trial t) {
        String core = t.session().unique("m");
        Pinned plain = t.pin(t.want().name(core + "-aXbYc"));
        for (String pattern : List.of("%", "_", ".*", "a_b_c", "a%c", "a.b.c", "\\")) {
            Pinned literal = t.pin(t.want().name(core + "-" + pattern + "-end"));
            expectFound(
                    t,
                    Query.all().name(core + "-" + pattern).and("match", "partial"),
                    List.of(literal),
                    List.of(plain));
            expectFound(
                    t,
                    Query.all().name(core + "-" + pattern + "-END").and("match", "iexact"),
                    List.of(literal),
                    List.of(plain));
        }
    }

    private static void meta(Trial t) {
        String value = t.session().unique("v");
        Pinned one = t.pin(t.want().meta("app", value).meta("kind", "a"));
        Pinned two = t.pin(t.want().meta("app", value).meta("kind", "b").meta("more", "yes"));
        Pinned none = t.pin(t.want());
        expectFound(t, Query.all().and("meta", pairs("app", value)), List.of(one, two), List.of(none));
        expectFound(t, Query.all().and("meta", pairs("app", value, "kind", "b")), List.of(two), List.of(one, none));
        expectFound(t, Query.all().and("meta", pairs("app", value, "kind", "c")), List.of(), List.of(one, two, none));
    }

    private static String pairs(String... keysAndValues) {
        var object = Json.object();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            object.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Json.compact(object);
    }

    private static void cids(Trial t) {
        List<Pinned> pins = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            pins.add(t.pin(t.want()));
        }
        Pinned outside = pins.getLast();
        List<Pinned> ten = pins.subList(0, 10);
        expectFound(t, Query.all().cid(ten.getFirst().cid()), ten.subList(0, 1), ten.subList(1, 10));
        expectFound(t, Query.all().cids(ten.stream().map(Pinned::cid).toList()), ten, List.of(outside));
    }

    private static void combined(Trial t) {
        String name = t.session().unique("both");
        Pinned right = t.pin(t.want().name(name).meta("combo", name));
        Pinned sameName = t.pin(t.want().name(name));
        Pinned sameMeta = t.pin(t.want().meta("combo", name));
        List<String> cids = List.of(right.cid(), sameMeta.cid());
        expectFound(
                t,
                Query.all().name(name).and("meta", pairs("combo", name)),
                List.of(right),
                List.of(sameName, sameMeta));
        expectFound(t, Query.all().name(name).cids(cids), List.of(right), List.of(sameName, sameMeta));
        expectFound(
                t,
                Query.all().name(name).cids(cids).and("meta", pairs("combo", name)),
                List.of(right),
                List.of(sameName, sameMeta));
        expectFound(
                t, Query.all().cids(cids).and("meta", pairs("combo", "other")), List.of(), List.of(right, sameMeta));
    }

    /** The list holds these pins, none of those, and nothing that the filter cannot mean. */
    static void expectFound(Trial t, Query query, List<Pinned> wanted, List<Pinned> unwanted) {
        Set<String> expected = wanted.stream().map(Pinned::id).collect(Collectors.toCollection(TreeSet::new));
        t.awaitListed(wanted);
        Exchange page = t.psa().list(query.limit(100));
        if (!t.expectStatus(page, 200)) {
            return;
        }
        Set<String> got = ids(page);
        t.expect(
                got.containsAll(expected),
                page,
                wanted.size() + " matching pins",
                missing(wanted, got) + " of them missing");
        t.expect(
                unwanted.stream().noneMatch(pin -> got.contains(pin.id())) && got.size() <= expected.size(),
                page,
                "exactly " + wanted.size() + " results",
                got.size() + " results");
        t.expect(
                page.json().path("count").asInt(-1) == wanted.size(),
                page,
                "count " + wanted.size(),
                "count " + page.json().path("count").asText("missing"));
    }

    private static long missing(List<Pinned> wanted, Set<String> got) {
        return wanted.stream().filter(pin -> !got.contains(pin.id())).count();
    }

    private static Set<String> ids(Exchange page) {
        Set<String> ids = new TreeSet<>();
        page.json()
                .path("results")
                .forEach(result -> ids.add(result.path("requestid").asText()));
        return ids;
    }
}
