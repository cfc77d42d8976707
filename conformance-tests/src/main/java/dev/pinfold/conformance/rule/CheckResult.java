package dev.pinfold.conformance.rule;

import java.time.Duration;
import java.util.List;

/**
 * One check's outcome with its evidence.
 *
 * @param reason why it was skipped; empty otherwise
 * @param notes measurements worth showing, also for a check that passed
 */
public record CheckResult(
        Check check,
        Verdict verdict,
        List<Finding> findings,
        String reason,
        List<String> notes,
        int requests,
        Duration took) {
    public CheckResult {
        findings = List.copyOf(findings);
        notes = List.copyOf(notes);
    }

    public boolean failed() {
        return verdict == Verdict.FAIL;
    }
}
