package dev.pinfold.conformance;

import dev.pinfold.conformance.http.RunAborted;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.CheckResult;
import dev.pinfold.conformance.rule.Trial;
import dev.pinfold.conformance.session.Cleanup;
import dev.pinfold.conformance.session.Session;
import dev.pinfold.conformance.session.Settings;
import java.io.IOException;
import java.time.Duration;

/**
 * A run taken step by step, for callers that bring their own loop: {@link #reach} once, {@link #run} for each check in
 * the order of the catalog, {@link #cleanUp} in any case, {@link #close} at the end.
 */
public final class OpenRun implements AutoCloseable {
    private static final Duration CLEANUP = Duration.ofMinutes(5);
    private static final Duration CLEANUP_OF_A_BROKEN_RUN = Duration.ofSeconds(5);
    private static final Duration PATIENCE_AFTER_A_BREAK = Duration.ofSeconds(2);

    private final Settings settings;
    private final Session session;

    public OpenRun(Settings settings) {
        this.settings = settings;
        this.session = new Session(settings);
    }

    public Session session() {
        return session;
    }

    /** Returns when the endpoint can be judged; a {@link RunAborted} says in a sentence why it cannot. */
    public void reach() {
        Preflight.reach(session);
    }

    /** Runs one check. A {@link RunAborted} says that the endpoint is gone and no further check can be judged. */
    public CheckResult run(Check check) {
        return Trial.run(check, session);
    }

    /** After a failing check: ends the run when the endpoint stopped answering. */
    public void requireStillThere(CheckResult result) {
        if (result.failed()) {
            Preflight.stillThere(session, result);
        }
    }

    /** Own pins that wait to be taken away. */
    public int own() {
        return session.ledger().remaining().size();
    }

    /**
     * Takes away what was made.
     *
     * @param healthy false after a run that broke: little time is then spent on an endpoint that does not answer
     * @return how many own pins are left; the state file stays when there are any
     */
    public int cleanUp(boolean healthy) {
        session.wire()
                .resume(
                        healthy
                                ? settings.limits().timeout()
                                : min(PATIENCE_AFTER_A_BREAK, settings.limits().timeout()));
        int left = new Cleanup(session, healthy ? CLEANUP : CLEANUP_OF_A_BROKEN_RUN).run();
        try {
            if (left == 0) {
                session.ledger().discard();
            } else {
                session.ledger().close();
            }
        } catch (IOException stateFile) {
            // The file stays; `clean` finds that nothing remains.
        }
        return left;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    @Override
    public void close() {
        session.close();
    }
}
