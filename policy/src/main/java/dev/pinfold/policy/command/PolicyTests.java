package dev.pinfold.policy.command;

import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.PlacementEngine;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Problem;
import dev.pinfold.policy.document.Parsed;
import dev.pinfold.policy.document.PolicyDocument;
import dev.pinfold.policy.document.PolicyDocuments;
import dev.pinfold.policy.document.PolicyTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a policy's tests and reports them for people, programs and JUnit readers. */
final class PolicyTests {
    private final PlacementEngine engine;
    private final String file;
    private final PolicyDocument document;
    private final Fixtures fixtures;
    private final Map<String, Parsed<Inventory>> read = new HashMap<>();

    PolicyTests(PlacementEngine engine, String file, PolicyDocument document, Fixtures fixtures) {
        this.engine = engine;
        this.file = file;
        this.document = document;
        this.fixtures = fixtures;
    }

    private record Result(PolicyTest test, List<String> failures) {}

    Outcome run() {
        List<Problem> problems = new ArrayList<>();
        List<Result> results = new ArrayList<>();
        for (PolicyTest test : document.tests()) {
            Parsed<Inventory> world = world(test);
            problems.addAll(world.problemsOrNone());
            if (world.problemsOrNone().isEmpty()) {
                results.add(new Result(test, failures(test, world.orThrow())));
            }
        }
        return problems.isEmpty()
                ? report(results)
                : PolicyCommands.refused(
                        Outcome.BAD_INPUT, problems.stream().distinct().toList());
    }

    private List<String> failures(PolicyTest test, Inventory world) {
        Policy policy = document.policy();
        try {
            return new Expectations(engine, policy, test, world).failures();
        } catch (ArithmeticException e) {
            return List.of("amounts exceed 9.2 million of the currency unit");
        }
    }

    private Parsed<Inventory> world(PolicyTest test) {
        return switch (test.world()) {
            case PolicyTest.World.Inline inline -> new Parsed.Valid<>(inline.inventory());
            case PolicyTest.World.File named ->
                read.computeIfAbsent(named.path(), path -> {
                    String text = fixtures.text(path);
                    return text == null
                            ? new Parsed.Invalid<>(List.of(new Problem(
                                    file,
                                    test.line(),
                                    1,
                                    "the inventory '" + path + "' of test '" + test.name() + "' is not there")))
                            : PolicyDocuments.inventory(path, text);
                });
        };
    }

    private Outcome report(List<Result> results) {
        StringBuilder human = new StringBuilder();
        List<Object> cases = new ArrayList<>();
        int failed = 0;
        for (Result result : results) {
            boolean passed = result.failures().isEmpty();
            failed += passed ? 0 : 1;
            human.append(passed ? "ok    " : "FAIL  ")
                    .append(result.test().name())
                    .append('\n');
            for (String failure : result.failures()) {
                human.append("      ")
                        .append(file)
                        .append(':')
                        .append(result.test().line());
                human.append(": ").append(failure).append('\n');
            }
            cases.add(PlanJson.object(
                    "name", result.test().name(),
                    "line", result.test().line(),
                    "passed", passed,
                    "failures", result.failures()));
        }
        human.append(results.size() - failed).append(" passed, ").append(failed).append(" failed\n");
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("policy", document.policy().name());
        json.put("tests", results.size());
        json.put("failed", failed);
        json.put("results", cases);
        Outcome outcome = Outcome.of(failed == 0 ? Outcome.DONE : Outcome.NO, human.toString(), json);
        return new Outcome(outcome.exitCode(), outcome.human(), outcome.json(), junit(results, failed));
    }

    private String junit(List<Result> results, int failed) {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        String suite = Xml.escape(document.policy().name());
        xml.append("<testsuite name=\"").append(suite).append("\" tests=\"").append(results.size());
        xml.append("\" failures=\"").append(failed).append("\" errors=\"0\" skipped=\"0\">\n");
        for (Result result : results) {
            xml.append("  <testcase classname=\"").append(suite).append("\" name=\"");
            xml.append(Xml.escape(result.test().name())).append('"');
            if (result.failures().isEmpty()) {
                xml.append("/>\n");
                continue;
            }
            String text = String.join("\n", result.failures());
            xml.append(">\n    <failure message=\"")
                    .append(Xml.escape(result.failures().getFirst()));
            xml.append("\">").append(Xml.escape(file + ":" + result.test().line() + ": " + text));
            xml.append("</failure>\n  </testcase>\n");
        }
        return xml.append("</testsuite>\n").toString();
    }
}
