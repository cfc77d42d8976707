package dev.pinfold.conformance.rule;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/**
 * A whole run.
 *
 * @param endpoint the URL that was judged, without secrets
 * @param finished false when the run could not go on; {@code reason} then says why and nothing may be concluded
 * @param leftovers own pins that the endpoint did not let go of
 * @param grades what the opt-in probes measured
 */
public record Report(
        String suite,
        String endpoint,
        Instant started,
        Duration took,
        long requests,
        boolean finished,
        String reason,
        int leftovers,
        List<CheckResult> results,
        List<Grade> grades) {
    public Report {
        results = List.copyOf(results);
        grades = List.copyOf(grades);
    }

    public static final int ALL_PASS = 0;
    public static final int SOME_FAIL = 1;
    public static final int NOT_FINISHED = 3;

    public long count(Predicate<CheckResult> which) {
        return results.stream().filter(which).count();
    }

    public long count(Severity severity, Verdict verdict) {
        return count(result -> result.check().severity() == severity && result.verdict() == verdict);
    }

    public int exitCode() {
        if (!finished) {
            return NOT_FINISHED;
        }
        return count(Severity.MUST, Verdict.FAIL) > 0 ? SOME_FAIL : ALL_PASS;
    }

    /** One measured property: what, how much, and the sentence that says what it means. */
    public record Grade(String id, String value, boolean good, String meaning) {}
}
