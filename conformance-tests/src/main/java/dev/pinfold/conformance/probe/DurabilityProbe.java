package dev.pinfold.conformance.probe;

import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.rule.Report.Grade;
import dev.pinfold.conformance.session.Pinned;
import dev.pinfold.conformance.session.Psa;
import dev.pinfold.conformance.session.Session;
import java.time.Duration;
import java.util.List;

/** Watches one pin for a while: is it still there, does it keep its state, how long do answers take. */
final class DurabilityProbe {
    private static final int LOOKS = 20;
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);

    private DurabilityProbe() {}

    static List<Grade> run(Session session, Duration time) {
        Latencies latencies = new Latencies();
        Psa psa = session.first(exchange -> {});
        Pinned pin = psa.pin(session.want());
        boolean pinned = session.awaitPinned(psa, pin);
        Duration pause = time.dividedBy(LOOKS).compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : time.dividedBy(LOOKS);
        long until = session.settings().ticks().nanos() + time.toNanos();
        int looks = 0;
        int lost = 0;
        int fallen = 0;
        while (session.settings().ticks().nanos() < until) {
            Exchange look = psa.get(pin.id());
            latencies.add(look.took());
            looks++;
            lost += look.status() == 200 ? 0 : 1;
            fallen += pinned && !look.json().path("status").asText().equals("pinned") ? 1 : 0;
            session.pause(pause);
        }
        String kept = looks + " looks in " + time.toSeconds() + " s: missing " + lost + " times"
                + (pinned ? ", not pinned any more " + fallen + " times" : "; it never became pinned");
        return List.of(
                new Grade(
                        "durability",
                        kept,
                        lost == 0 && fallen == 0,
                        "A pin that was accepted stays there and stays pinned."),
                new Grade(
                        "latency",
                        latencies.text(),
                        latencies.percentile(99).toMillis() < 2000,
                        "Reading one status; Kubo does it twice a second for every waiting user."));
    }
}
