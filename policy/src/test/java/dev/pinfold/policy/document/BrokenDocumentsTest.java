package dev.pinfold.policy.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.policy.Problem;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** More than a hundred broken policies and catalogs: each is refused at the right line, with a sentence that helps. */
class BrokenDocumentsTest {
    private static final String POLICY = """
            apiVersion: pinfold/v1
            kind: PolicySet
            metadata: {name: base, revision: 3}
            units: {currency: USD}
            failureDomains: {levels: [rack], unknownLabel: reject}
            defaults: {whenUnsatisfiable: degrade, assumeSize: 1GiB}
            catalog: {staleAfter: 90d}
            classes:
              main:
                hot:
                  replicas: {min: 2, target: 3, max: 4}
                  ack: {pinnedAt: 2, by: verified}
                  constraints:
                    - {name: eu, residency: {jurisdiction: [EU]}}
                    - {name: none-bad, exclude: {org: [bad]}}
                    - {name: able, require: {capabilities: [pin-by-cid]}}
                    - {name: sized, size: {min: 1KiB, max: 5GiB}}
                    - {name: rule, expr: "provider.health.samples > 1"}
                  spread:
                    - {by: org, maxPerDomain: 1}
                    - {by: region, minDomains: 2}
                    - {by: rack, maxPerDomain: 1, whenUnsatisfiable: prefer, weight: 5}
                  survive: {simultaneous: 1, keep: 1, of: [org]}
                  prefer:
                    - {label: {tier: gold}, weight: 10}
                    - {metric: successRate, direction: higher, weight: 5}
                  costBand: 2%
                  health:
                    admit: {successRate: ">=0.98", minSamples: 10}
                    evict: {unhealthyFor: 6h}
                    newProvider: {maxShare: 5%, until: {pins: 100}}
                  price:
                    ceiling: {storagePerGiBMonth: 0.1, egressPerGiB: 0.2}
                    gouging: {jump: 50%, within: 30d}
                cold:
                  backend: lotus
                  replicas: {min: 1, target: 2}
                  deal: {duration: 530d, providers: {excluded: [f01]}, renew: {before: 45d}}
                  aggregate: {minBytes: 1GiB, targetBytes: 2GiB}
                retrieval: {race: {hot: 2, hedgeAfter: p95}}
              cheap:
                hot:
                  replicas: {target: 1}
            rules:
              - {name: over, match: {}, continue: true, allowMeta: {pinfold.replicas: {max: 5}}}
              - name: first
                match: {name: "a*", size: {lt: 5GiB}}
                class: cheap
                retention: {mode: expireAfter, after: 30d}
              - {name: last, match: {}, class: main}
            budgets:
              - {name: all, monthly: 500, onExceeded: downgrade, downgradeTo: cheap}
            repair: {delay: {underMin: 0s, underTarget: 1h}, rate: {massFailureBrake: 20%}}
            rebalance: {hysteresis: {minSaving: 15%}}
            drain:
              - {provider: x, start: 2026-01-01, mustFinishBy: 2026-02-01}
            rollout: {canary: {percent: 1}, abortIf: {costIncrease: ">10%"}}
            durability: {lossPerYear: 5%}
            """;

    private static final String CATALOG = """
            apiVersion: pinfold/v1
            kind: ProviderCatalog
            metadata: {name: base, revision: 3}
            providers:
              - id: one
                tier: hot
                labels: {org: one, region: eu}
                capabilities: [pin-by-cid, status]
                limits: {maxDagBytes: 1000}
                price: {storagePerGiBMonth: 0.02, asOf: 2026-01-01}
                state: active
              - {id: two}
            """;

    /** A change that breaks the base document, and words of the sentence that must come. */
    record Broken(boolean catalog, String old, String replacement, String words) {
        @Override
        public String toString() {
            return replacement.strip() + " instead of " + old.strip();
        }
    }

    private static Broken policy(String old, String replacement, String words) {
        return new Broken(false, old, replacement, words);
    }

    private static Broken catalog(String old, String replacement, String words) {
        return new Broken(true, old, replacement, words);
    }

    static List<Broken> broken() {
        List<Broken> all = new ArrayList<>();
        all.addAll(unknownKeys());
        all.addAll(wrongValues());
        all.addAll(contradictions());
        all.addAll(catalogs());
        all.addAll(yaml());
        return all;
    }

    private static List<Broken> unknownKeys() {
        return List.of(
                policy("apiVersion:", "apiVersions:", "did you mean 'apiVersion'?"),
                policy("metadata:", "metdata:", "did you mean 'metadata'?"),
                policy("revision: 3", "revison: 3", "did you mean 'revision'?"),
                policy("units:", "unit:", "did you mean 'units'?"),
                policy("currency:", "curency:", "did you mean 'currency'?"),
                policy("unknownLabel:", "unknownLabels:", "did you mean 'unknownLabel'?"),
                policy("whenUnsatisfiable: degrade", "whenUnsatisfied: degrade", "did you mean 'whenUnsatisfiable'?"),
                policy("assumeSize:", "assumedSize:", "did you mean 'assumeSize'?"),
                policy("staleAfter:", "stale-after:", "did you mean 'staleAfter'?"),
                policy("classes:", "class:", "did you mean 'classes'?"),
                policy("replicas: {min: 2", "replica: {min: 2", "did you mean 'replicas'?"),
                policy("max: 4", "maximum: 4", "did you mean 'max'?"),
                policy("pinnedAt:", "pinnedat:", "did you mean 'pinnedAt'?"),
                policy("constraints:", "constraint:", "did you mean 'constraints'?"),
                policy("residency:", "residence:", "did you mean 'residency'?"),
                policy("jurisdiction:", "jurisdictions:", "did you mean 'jurisdiction'?"),
                policy("exclude: {org", "excludes: {org", "did you mean 'exclude'?"),
                policy("exclude: {org", "exclude: {orgs", "did you mean 'org'?"),
                policy("require: {cap", "requires: {cap", "did you mean 'require'?"),
                policy("capabilities:", "capabilites:", "did you mean 'capabilities'?"),
                policy("- {by: org,", "- {bye: org,", "did you mean 'by'?"),
                policy("maxPerDomain: 1}", "maxPerDomains: 1}", "did you mean 'maxPerDomain'?"),
                policy("minDomains:", "minDomain:", "did you mean 'minDomains'?"),
                policy("survive:", "survives:", "did you mean 'survive'?"),
                policy("prefer:\n", "preferred:\n", "did you mean 'prefer'?"),
                policy("costBand:", "costband:", "did you mean 'costBand'?"),
                policy("admit:", "admits:", "did you mean 'admit'?"),
                policy("newProvider:", "newProviders:", "did you mean 'newProvider'?"),
                policy("ceiling:", "cieling:", "did you mean 'ceiling'?"),
                policy("gouging:", "gauging:", "did you mean 'gouging'?"),
                policy("backend:", "backed:", "did you mean 'backend'?"),
                policy("duration: 530d", "dealDuration: 530d", "did you mean 'duration'?"),
                policy("match: {name: \"a*\"", "matches: {name: \"a*\"", "did you mean 'match'?"),
                policy("allowMeta:", "allowmeta:", "did you mean 'allowMeta'?"),
                policy("pinfold.replicas:", "pinfold.replica:", "did you mean 'pinfold.replicas'?"),
                policy("retention:", "retain:", "unknown key 'retain' in rule"),
                policy("budgets:", "budget:", "did you mean 'budgets'?"),
                policy("downgradeTo: cheap", "downgradeTO: cheap", "did you mean 'downgradeTo'?"),
                policy("massFailureBrake:", "massFailureBreak:", "did you mean 'massFailureBrake'?"),
                policy("mustFinishBy:", "finishBy:", "did you mean 'mustFinishBy'?"));
    }

    private static List<Broken> wrongValues() {
        return List.of(
                policy("pinfold/v1", "pinfold/v2", "must be one of pinfold/v1"),
                policy("PolicySet", "PolicySets", "did you mean 'PolicySet'?"),
                policy("revision: 3", "revision: 0", "whole number from 1"),
                policy("revision: 3", "revision: 1.5", "not the number 1.5"),
                policy("USD", "usd", "currency label such as USD"),
                policy("unknownLabel: reject", "unknownLabel: rejects", "did you mean 'reject'?"),
                policy("assumeSize: 1GiB", "assumeSize: 1073741824", "a size with its unit"),
                policy("assumeSize: 1GiB", "assumeSize: 1 gigabyte", "a size with its unit"),
                policy("staleAfter: 90d", "staleAfter: 90", "a duration with its unit"),
                policy("staleAfter: 90d", "staleAfter: ninety days", "a duration with its unit"),
                policy("target: 3, max", "target: three, max", "must be a whole number"),
                policy("target: 3, max", "target: 0, max", "must be a whole number from 1 to 16, not the number 0"),
                policy("target: 3, max", "target: 99, max", "from 1 to 16"),
                policy("target: 3, max", "target: [3], max", "not a list"),
                policy("by: verified", "by: verfied", "did you mean 'verified'?"),
                policy("[pin-by-cid]", "[pin-by-name]", "unknown capability 'pin-by-name'; known here: "),
                policy("maxPerDomain: 1}", "maxPerDomain: 0}", "from 1 to 16"),
                policy(
                        "by: rack, maxPerDomain: 1, whenUnsatisfiable: prefer",
                        "by: rack, maxPerDomain: 1, whenUnsatisfiable: preferred",
                        "did you mean 'prefer'?"),
                policy("- {by: region,", "- {by: regoin,", "unknown label 'regoin'; did you mean 'region'?"),
                policy("weight: 10", "weight: -1", "from 1 to 1000"),
                policy("metric: successRate", "metric: succesRate", "did you mean 'successRate'?"),
                policy("direction: higher", "direction: up", "must be one of higher, lower"),
                policy("costBand: 2%", "costBand: two percent", "a share such as 15%"),
                policy("\">=0.98\"", "\"<=0.98\"", "a share such as"),
                policy("unhealthyFor: 6h", "unhealthyFor: 6 hours", "a duration with its unit"),
                policy("storagePerGiBMonth: 0.1", "storagePerGiBMonth: cheap", "an amount such as 0.08"),
                policy("storagePerGiBMonth: 0.1", "storagePerGiBMonth: -1", "an amount such as 0.08"),
                policy("storagePerGiBMonth: 0.1", "storagePerGiBMonth: 1e3", "an amount such as 0.08"),
                policy("storagePerGiBMonth: 0.1", "storagePerGiBMonth: 2000000", "at most 1000000"),
                policy("backend: lotus", "backend: lotos", "did you mean 'lotus'?"),
                policy("hedgeAfter: p95", "hedgeAfter: p99", "a duration with its unit"),
                policy("continue: true", "continue: yes", "must be true or false"),
                policy("monthly: 500", "monthly: $500", "an amount such as 0.08"),
                policy("start: 2026-01-01", "start: 01.01.2026", "a date such as 2026-05-31"),
                policy("start: 2026-01-01", "start: 2026-13-01", "a date such as 2026-05-31"),
                policy("percent: 1}", "percent: 101}", "from 1 to 100"),
                policy(
                        "expr: \"provider.health.samples > 1\"",
                        "expr: \"provider.health.sampels > 1\"",
                        "did you mean 'provider.health.samples'?"),
                policy(
                        "expr: \"provider.health.samples > 1\"",
                        "expr: \"provider.id ==\"",
                        "the expression is wrong at character"),
                policy("expr: \"provider.health.samples > 1\"", "expr: \"1 + 1\"", "the expression is wrong"),
                policy(
                        "expr: \"provider.health.samples > 1\"",
                        "expr: \"[1,2].map(x, x).size() > 1\"",
                        "the expression is wrong"));
    }

    private static List<Broken> contradictions() {
        return List.of(
                policy("min: 2, target: 3", "min: 5, target: 3", "min 5 is above target 3"),
                policy("max: 4}", "max: 2}", "max 2 is below target 3"),
                policy("pinnedAt: 2", "pinnedAt: 4", "ack asks for 4 copies, but the target is 3"),
                policy("minDomains: 2", "minDomains: 4", "asks for 4 domains, but the target is 3 copies"),
                policy("{by: region, minDomains: 2}", "{by: org, minDomains: 2}", "two hard spreads by org"),
                policy("{by: org, maxPerDomain: 1}", "{by: org}", "needs maxPerDomain or minDomains"),
                policy(
                        "{by: org, maxPerDomain: 1}",
                        "{by: org, maxPerDomain: 1, weight: 3}",
                        "a hard spread has no weight"),
                policy("keep: 1", "keep: 3", "survive.org needs at least 4 copies"),
                policy("name: able", "name: eu", "two constraints are called 'eu'"),
                policy("exclude: {org: [bad]}", "exclude: {org: [bad]}, size: {max: 1GiB}", "exactly one of"),
                policy(
                        "residency: {jurisdiction: [EU]}",
                        "residency: {jurisdiction: [EU], failClosed: false}",
                        "always fails closed"),
                policy(
                        "residency: {jurisdiction: [EU]}",
                        "residency: {applyTo: [data]}",
                        "needs jurisdiction, country or region"),
                policy("min: 1KiB, max: 5GiB", "min: 5GiB, max: 1KiB", "max is below min"),
                policy(
                        "ceiling: {storagePerGiBMonth: 0.1, egressPerGiB: 0.2}",
                        "ceiling: {onCeiling: filter}",
                        "needs storagePerGiBMonth or egressPerGiB"),
                policy(
                        "{label: {tier: gold}, weight: 10}",
                        "{label: {tier: gold}, ownNode: true, weight: 10}",
                        "exactly one of label, metric or ownNode"),
                policy("before: 45d", "before: 600d", "cannot be renewed 600 days before its end"),
                policy("excluded: [f01]", "excluded: [f01], trusted: [f01]", "'f01' is trusted and excluded at once"),
                policy("minBytes: 1GiB", "minBytes: 3GiB", "minBytes is above targetBytes"),
                policy("{lt: 5GiB}", "{lt: 5GiB, gt: 6GiB}", "no size lies in this range"),
                policy("class: cheap\n", "class: chaep\n", "there is no class 'chaep'; did you mean 'cheap'?"),
                policy("match: {}, class: main", "match: {name: b}, class: main", "no rule matches everything"),
                policy(
                        "name: over, match: {}, continue: true, allowMeta: {pinfold.replicas: {max: 5}}",
                        "name: over, match: {}, class: main",
                        "is never reached"),
                policy("name: last", "name: first", "two rules are called 'first'"),
                policy("mode: expireAfter, after: 30d", "mode: expireAfter", "expireAfter needs 'after'"),
                policy("mode: expireAfter", "mode: untilDeleted", "belong to mode: expireAfter"),
                policy("downgradeTo: cheap", "downgradeTo: chaep", "downgradeTo names no class"),
                policy(", downgradeTo: cheap", "", "belong together"),
                policy("monthly: 500, ", "", "a budget needs monthly or perPinMax"),
                policy("underMin: 0s", "underMin: 2h", "the wrong way round"),
                policy("mustFinishBy: 2026-02-01", "mustFinishBy: 2025-02-01", "the deadline is before the start"));
    }

    private static List<Broken> catalogs() {
        return List.of(
                catalog("ProviderCatalog", "Catalog", "did you mean 'ProviderCatalog'?"),
                catalog("providers:", "provider:", "did you mean 'providers'?"),
                catalog("id: two", "id: one", "two providers are called 'one'"),
                catalog("{id: two}", "{tier: hot}", "'id' is missing"),
                catalog("tier: hot", "tier: warm", "must be one of cold, hot"),
                catalog(
                        "capabilities: [pin-by-cid, status]",
                        "capabilities: [pin-by-cid, pin-by-cid]",
                        "names something twice"),
                catalog("capabilities: [pin", "capabilities: [pni", "did you mean 'pin-by-cid'?"),
                catalog("maxDagBytes: 1000", "maxDagBytes: 1000.5", "must be a whole number"),
                catalog("storagePerGiBMonth: 0.02, ", "", "'storagePerGiBMonth' is missing"),
                catalog(", asOf: 2026-01-01", "", "a catalog price needs asOf"),
                catalog("asOf: 2026-01-01", "asOf: yesterday", "a date such as"),
                catalog("state: active", "state: dead", "must be one of"),
                catalog("labels: {org: one, region: eu}", "labels: [org, region]", "must be a mapping of label"),
                catalog("storagePerGiBMonth: 0.02", "storagePerGiBMonth: 0.0000000000001", "an amount such as"));
    }

    private static List<Broken> yaml() {
        return List.of(
                policy("units:", "units: &u", "anchors (&) and aliases (*) are not supported"),
                policy("{currency: USD}", "*other", "anchors (&) and aliases (*) are not supported"),
                policy("currency: USD", "currency: !!str USD", "tags (!) are not supported"),
                policy(
                        "units: {currency: USD}",
                        "units: {currency: USD, currency: EUR}",
                        "the key 'currency' is there twice"),
                policy("units: {currency: USD}", "units: {currency: USD", "not readable"),
                policy("units: {currency: USD}", "\tunits: {currency: USD}", "not readable"),
                policy("durability: {lossPerYear: 5%}", "---\nkind: Another", "one file holds one"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void a_broken_document_is_refused_at_its_line_with_a_useful_sentence(Broken broken) {
        String base = broken.catalog() ? CATALOG : POLICY;
        assertThat(base).contains(broken.old());
        int at = base.indexOf(broken.old());
        String text = base.substring(0, at)
                + broken.replacement()
                + base.substring(at + broken.old().length());
        int line = (int) base.substring(0, at).chars().filter(c -> c == '\n').count() + 1;

        List<Problem> problems = broken.catalog()
                ? PolicyDocuments.catalog("file.yaml", text).problemsOrNone()
                : PolicyDocuments.policy("file.yaml", text).problemsOrNone();

        assertThat(problems).isNotEmpty();
        String told = problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
        assertThat(told).contains(broken.words());
        assertThat(problems)
                .filteredOn(p -> p.message().contains(broken.words()))
                .as("near line " + line + ":\n" + told)
                .anyMatch(p -> Math.abs(p.line() - line) <= 6 && p.column() >= 1);
    }

    @Test
    void there_are_at_least_a_hundred_and_the_unbroken_ones_are_right() {
        assertThat(broken()).hasSizeGreaterThanOrEqualTo(100);
        assertThat(PolicyDocuments.policy("p", POLICY).problemsOrNone()).isEmpty();
        assertThat(PolicyDocuments.catalog("c", CATALOG).problemsOrNone()).isEmpty();
    }

    @Test
    void unknown_keys_and_wrong_values_are_told_at_their_exact_place() {
        String text = POLICY.replace("min: 2, target: 3, max: 4", "min: 2, target: many, maxx: 4");
        assertThat(PolicyDocuments.policy("p.yaml", text).problemsOrNone())
                .extracting(Problem::toString)
                .containsExactly(
                        "p.yaml:11:34: must be a whole number from 1 to 16, not the text \"many\"",
                        "p.yaml:11:40: unknown key 'maxx' in replicas; did you mean 'max'?");
    }

    @Test
    void everything_that_is_wrong_is_told_at_once() {
        String text = POLICY.replace("USD", "usd").replace("90d", "90").replace("by: org", "by: orgg");
        assertThat(PolicyDocuments.policy("p", text).problemsOrNone()).hasSize(3);
    }

    @Test
    void hostile_documents_are_refused_quickly_and_in_little_memory() {
        String bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
                + IntStream.range(0, 9)
                        .mapToObj(i -> (char) ('b' + i) + ": &" + (char) ('b' + i) + " [*" + (char) ('a' + i) + ",*"
                                + (char) ('a' + i) + "]\n")
                        .collect(Collectors.joining());
        for (String hostile : List.of(
                "",
                "   \n# nothing\n",
                bomb,
                "x: ".repeat(1) + "[".repeat(100_000),
                "{\"a\":".repeat(100_000),
                "- ".repeat(50_000),
                "a".repeat(9_000_000),
                "k: " + "v".repeat(3_000_000),
                "[" + "1,".repeat(600_000) + "1]",
                IntStream.range(0, 80_000).mapToObj(i -> "k" + i + ": 1\n").collect(Collectors.joining()),
                "\u0000\u0001binary",
                "apiVersion: pinfold/v1\nkind: PolicySet\nclasses: {" + "\"a\": ".repeat(1) + "}")) {
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            List<Problem> problems = PolicyDocuments.policy("hostile", hostile).problemsOrNone();
            assertThat(problems).isNotEmpty().hasSizeLessThanOrEqualTo(100);
            assertThat(problems).allMatch(p -> p.line() >= 1 && p.message().length() < 2_000);
            Duration took = Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
            assertThat(took)
                    .as(hostile.substring(0, Math.min(20, hostile.length())))
                    .isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void a_pattern_cannot_be_made_slow() {
        String text = POLICY.replace("\"a*\"", "\"" + "*a".repeat(100) + "\"");
        assertThat(PolicyDocuments.policy("p", text).problemsOrNone()).isEmpty();
        assertThat(new dev.pinfold.policy.Glob("*a".repeat(100) + "b").matches("a".repeat(4000)))
                .isFalse();
    }
}
