package dev.pinfold.conformance.junit;

import dev.pinfold.conformance.Conformance;
import dev.pinfold.conformance.OpenRun;
import dev.pinfold.conformance.report.CheckText;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.CheckResult;
import dev.pinfold.conformance.rule.Level;
import dev.pinfold.conformance.rule.Severity;
import dev.pinfold.conformance.rule.Verdict;
import dev.pinfold.conformance.session.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;

/**
 * The suite as JUnit 5 tests, one per check, grouped by level. In a provider's own build:
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicNode> conformance() {
 *     return ConformanceSuite.of(Settings.forEndpoint(URI.create("http://127.0.0.1:8080"), token));
 * }
 * }</pre>
 *
 * A broken MUST fails its test; a SHOULD or INFO that is not met, and a check that cannot be judged, abort theirs (shown
 * as skipped, with the reason). What was pinned is removed when JUnit closes the stream.
 */
public final class ConformanceSuite {
    private ConformanceSuite() {}

    /** Tests that fail on a broken MUST. */
    public static Stream<DynamicNode> of(Settings settings) {
        return of(settings, Severity.MUST);
    }

    /**
     * Tests that fail on what is at least this severe.
     *
     * @param failOn MUST fails on MUST only; SHOULD on both; INFO on everything
     */
    public static Stream<DynamicNode> of(Settings settings, Severity failOn) {
        OpenRun run = new OpenRun(settings);
        List<DynamicNode> nodes = new ArrayList<>();
        nodes.add(DynamicTest.dynamicTest("the endpoint can be judged", run::reach));
        for (Level level : Level.values()) {
            List<DynamicTest> tests = Conformance.chosen(settings).stream()
                    .filter(check -> check.level() == level)
                    .map(check -> DynamicTest.dynamicTest(check.id(), () -> judge(run, check, failOn)))
                    .toList();
            if (!tests.isEmpty()) {
                nodes.add(DynamicContainer.dynamicContainer(level + " " + level.title(), tests));
            }
        }
        return nodes.stream().onClose(() -> {
            run.cleanUp(true);
            run.close();
        });
    }

    private static void judge(OpenRun run, Check check, Severity failOn) {
        CheckResult result = run.run(check);
        run.requireStillThere(result);
        if (result.verdict() == Verdict.SKIP) {
            Assumptions.abort(result.reason());
        }
        if (result.failed()) {
            String details = CheckText.details(result);
            if (check.severity().compareTo(failOn) <= 0) {
                Assertions.fail(details);
            }
            Assumptions.abort(check.severity() + " not met: " + details);
        }
    }
}
