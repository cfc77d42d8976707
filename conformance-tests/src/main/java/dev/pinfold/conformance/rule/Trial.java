package dev.pinfold.conformance.rule;

import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.NoAnswer;
import dev.pinfold.conformance.session.CannotPin;
import dev.pinfold.conformance.session.GatewayAccess;
import dev.pinfold.conformance.session.Pinned;
import dev.pinfold.conformance.session.Psa;
import dev.pinfold.conformance.session.Session;
import dev.pinfold.conformance.session.Settings;
import dev.pinfold.conformance.session.Want;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One check being run: what it may use, and where it reports. Expectations are collected, so that one run shows every
 * violation of a rule and not only the first.
 */
public final class Trial {
    private static final int MOST_FINDINGS = 10;

    private final Session session;
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile @Nullable Exchange last;

    private Trial(Session session) {
        this.session = session;
    }

    /** Runs the check and turns whatever happens into its result. */
    public static CheckResult run(Check check, Session session) {
        Trial trial = new Trial(session);
        long started = System.nanoTime();
        String skipped = "";
        try {
            check.body().run(trial);
        } catch (CheckSkipped reason) {
            skipped = String.valueOf(reason.getMessage());
        } catch (CheckStopped recorded) {
            // The finding that stopped it says everything.
        } catch (NoAnswer none) {
            trial.add("an HTTP answer", none.sentence(), none.exchange());
        } catch (CannotPin refused) {
            trial.add(refused.expected(), refused.got(), refused.exchange());
        }
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        Verdict verdict = !trial.findings.isEmpty() ? Verdict.FAIL : skipped.isEmpty() ? Verdict.PASS : Verdict.SKIP;
        return new CheckResult(check, verdict, trial.findings, skipped, trial.notes, trial.requests.get(), took);
    }

    public Settings settings() {
        return session.settings();
    }

    public Session session() {
        return session;
    }

    /** The account of the run. */
    public Psa psa() {
        return session.first(this::record);
    }

    /** The second account; without one the check is skipped. */
    public Psa otherPsa() {
        return session.second(this::record)
                .orElseThrow(() -> new CheckSkipped("needs a second token (--second-token-env)"));
    }

    /** The same endpoint with no token at all. */
    public Psa anonymous() {
        return session.anonymous(this::record);
    }

    public GatewayAccess gateway() {
        return session.gateway(this::record)
                .orElseThrow(() -> new CheckSkipped("needs a gateway (--gateway, or --profile gateway)"));
    }

    /** A pin request nobody made before: fresh CID, recognisable name and meta. */
    public Want want() {
        return session.want();
    }

    /** Makes the pin; a refusal ends the check with the refusal as its finding. */
    public Pinned pin(Want want) {
        return psa().pin(want);
    }

    /** The pins that several checks page through; the first check that asks makes them. */
    public List<Pinned> population() {
        return session.population().pins(this::record);
    }

    /** Waits until lists show these pins, as long as the settings allow; what a list then lacks is a finding. */
    public void awaitListed(List<Pinned> pins) {
        session.awaitListed(psa(), pins);
    }

    private void record(Exchange exchange) {
        requests.incrementAndGet();
        last = exchange;
    }

    /** Records a finding when the condition does not hold, and goes on. */
    public boolean expect(boolean holds, @Nullable Exchange at, String expected, String got) {
        if (!holds) {
            add(expected, got, at);
        }
        return holds;
    }

    /** Records a finding when the condition does not hold, and ends the check. */
    public void require(boolean holds, @Nullable Exchange at, String expected, String got) {
        if (!expect(holds, at, expected, got)) {
            throw new CheckStopped();
        }
    }

    public boolean expectStatus(Exchange at, int status) {
        return expect(at.status() == status, at, "status " + status, "status " + at.status());
    }

    public void requireStatus(Exchange at, int status) {
        if (!expectStatus(at, status)) {
            throw new CheckStopped();
        }
    }

    /** 404, or 410 for something that was there once: the specification allows custom 4xx codes. */
    public boolean expectGone(Exchange at) {
        return expect(at.status() == 404 || at.status() == 410, at, "status 404", "status " + at.status());
    }

    /** 400, or another client error that says "your input is wrong": the specification allows custom 4xx codes. */
    public boolean expectRefused(Exchange at, String what) {
        int status = at.status();
        boolean refused = status >= 400 && status < 500 && status != 401 && status != 404 && status != 408;
        return expect(refused, at, what + " is refused with 400", "status " + status);
    }

    /** Adds every problem of a list as its own finding. */
    public boolean expectNone(List<String> problems, Exchange at, String expected) {
        problems.forEach(problem -> add(expected, problem, at));
        return problems.isEmpty();
    }

    private void add(String expected, String got, @Nullable Exchange at) {
        if (findings.size() < MOST_FINDINGS) {
            findings.add(new Finding(expected, got, at == null ? last : at));
        }
    }

    public void note(String measurement) {
        notes.add(measurement);
    }

    /** What to throw to end the check without a verdict; findings made before stay. */
    public RuntimeException skip(String reason) {
        return new CheckSkipped(reason);
    }

    public boolean clean() {
        return findings.isEmpty();
    }
}
