package dev.pinfold.conformance;

import dev.pinfold.conformance.http.NoAnswer;
import dev.pinfold.conformance.http.RunAborted;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.CheckResult;
import dev.pinfold.conformance.rule.Profile;
import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.session.Session;
import dev.pinfold.conformance.session.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One run of the suite against one endpoint: reach it, run the chosen checks one after the other, take away what was
 * made, report. A run that cannot go on says so and is never mistaken for a verdict. May be cancelled from another
 * thread; the clean-up still happens.
 */
public final class Conformance {
    private final Settings settings;
    private final RunListener listener;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicReference<Thread> runner = new AtomicReference<>();
    private volatile boolean cancelled;
    private volatile @Nullable Session current;

    public Conformance(Settings settings, RunListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    /** Runs the chosen checks and nothing else. */
    public static Report run(Settings settings, RunListener listener) {
        return new Conformance(settings, listener).run(session -> List.of());
    }

    /** The checks that these settings choose, in order. */
    public static List<Check> chosen(Settings settings) {
        return Catalog.all().stream()
                .filter(check -> settings.profiles().contains(check.profile()))
                .filter(check ->
                        check.profile() == Profile.GATEWAY || check.level().compareTo(settings.level()) <= 0)
                .filter(check -> settings.only().isEmpty() || settings.only().contains(check.id()))
                .toList();
    }

    /** Runs the chosen checks, then the probes, whose grades become part of the report. */
    public Report run(Function<Session, List<Report.Grade>> probes) {
        Instant started = Instant.now();
        long from = System.nanoTime();
        runner.set(Thread.currentThread());
        List<CheckResult> results = new ArrayList<>();
        List<Report.Grade> grades = List.of();
        String reason = "";
        try (OpenRun run = new OpenRun(settings)) {
            current = run.session();
            run.session().wire().onWait(listener::waiting);
            try {
                run.reach();
                runChecks(run, results);
                grades = probes.apply(run.session());
            } catch (RunAborted stop) {
                reason = cancelled ? "stopped by the operator" : String.valueOf(stop.getMessage());
            } catch (NoAnswer none) {
                reason = none.sentence();
            }
            int left = cleanUp(run, reason.isEmpty());
            return new Report(
                    Suite.version(),
                    settings.endpoint().toString(),
                    started,
                    Duration.ofNanos(System.nanoTime() - from),
                    run.session().requests(),
                    reason.isEmpty(),
                    reason,
                    left,
                    results,
                    grades);
        } finally {
            closed.countDown();
        }
    }

    /** Stops after the request that is under way and cleans up; {@link #awaitClosed} tells when that is done. */
    public void cancel() {
        cancelled = true;
        Session session = current;
        if (session != null) {
            session.wire().stop();
        }
        Thread thread = runner.get();
        if (thread != null) {
            thread.interrupt();
        }
    }

    public boolean awaitClosed(Duration atMost) throws InterruptedException {
        return closed.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void runChecks(OpenRun run, List<CheckResult> results) {
        List<Check> checks = chosen(settings);
        for (int i = 0; i < checks.size(); i++) {
            requireNotCancelled();
            listener.starting(checks.get(i), i + 1, checks.size());
            CheckResult result = run.run(checks.get(i));
            // A finding made while the operator stops the run would blame the endpoint for our own hurry.
            requireNotCancelled();
            results.add(result);
            listener.finished(result);
            run.requireStillThere(result);
        }
    }

    private void requireNotCancelled() {
        if (cancelled) {
            throw new RunAborted("the run was stopped");
        }
    }

    private int cleanUp(OpenRun run, boolean finished) {
        // Clears the interrupt of a cancel, which would end the first request of the clean-up.
        boolean interrupted = Thread.interrupted();
        if (run.own() > 0) {
            listener.cleaning(run.own());
        }
        int left = run.cleanUp(finished || cancelled);
        if (interrupted && !cancelled) {
            Thread.currentThread().interrupt();
        }
        return left;
    }
}
