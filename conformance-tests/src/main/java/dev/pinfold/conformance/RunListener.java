package dev.pinfold.conformance;

import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.CheckResult;
import java.time.Duration;

/** Watches a run; called from the thread that runs it. */
public interface RunListener {
    RunListener SILENT = new RunListener() {};

    default void starting(Check check, int number, int of) {}

    default void finished(CheckResult result) {}

    default void cleaning(int pins) {}

    /** The run waits before it repeats a request that was answered 429; called from the thread that waits. */
    default void waiting(Duration time) {}
}
