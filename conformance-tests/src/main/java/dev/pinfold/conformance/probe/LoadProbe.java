package dev.pinfold.conformance.probe;

import dev.pinfold.conformance.http.Ask;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.NoAnswer;
import dev.pinfold.conformance.http.Wire;
import dev.pinfold.conformance.rule.Report.Grade;
import dev.pinfold.conformance.session.Parallel;
import dev.pinfold.conformance.session.Psa;
import dev.pinfold.conformance.session.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads at the rate the operator set, for the time the operator set, and counts what goes wrong. */
final class LoadProbe {
    private static final int MOST_REQUESTS = 100_000;

    private LoadProbe() {}

    static List<Grade> run(Session session, double perSecond, Duration time) {
        int requests = (int) Math.min(MOST_REQUESTS, Math.max(1, perSecond * time.toMillis() / 1000));
        Latencies latencies = new Latencies();
        AtomicInteger errors = new AtomicInteger();
        AtomicInteger limited = new AtomicInteger();
        try (Wire wire = session.wireAt(perSecond)) {
            Psa psa = session.first(wire);
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                tasks.add(() -> read(psa, latencies, errors, limited));
            }
            Parallel.all(tasks, session.settings().concurrency());
        }
        String what = requests + " reads at " + perSecond + "/s: " + errors + " errors, " + limited + " answers 429, "
                + latencies.text();
        return List.of(
                new Grade("load", what, errors.get() == 0, "Reads at the rate that was asked for are answered."));
    }

    private static boolean read(Psa psa, Latencies latencies, AtomicInteger errors, AtomicInteger limited) {
        try {
            Exchange exchange = psa.sendOnce(Ask.of("GET", "/pins?limit=1"));
            latencies.add(exchange.took());
            if (exchange.status() == 429) {
                limited.incrementAndGet();
            } else if (!exchange.success()) {
                errors.incrementAndGet();
            }
        } catch (NoAnswer none) {
            errors.incrementAndGet();
        }
        return true;
    }
}
