package dev.pinfold.conformance;

import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.NoAnswer;
import dev.pinfold.conformance.http.RunAborted;
import dev.pinfold.conformance.rule.CheckResult;
import dev.pinfold.conformance.rule.Profile;
import dev.pinfold.conformance.session.Psa;
import dev.pinfold.conformance.session.Query;
import dev.pinfold.conformance.session.Session;
import java.time.Duration;

/**
 * Decides whether an endpoint can be judged at all. A dead, hanging or foreign address ends the run with a sentence; it
 * never counts as a verdict.
 */
final class Preflight {
    private static final Duration SECOND_LOOK = Duration.ofSeconds(1);

    private Preflight() {}

    /** Returns when the endpoint answers like something that can be judged; otherwise ends the run. */
    static void reach(Session session) {
        try {
            if (session.settings().profiles().contains(Profile.PSA)) {
                reachPinningService(session);
            }
            if (session.settings().profiles().contains(Profile.GATEWAY)) {
                session.gateway(exchange -> {}).ifPresent(gateway -> gateway.get("/ipfs/bafkqaaa?format=raw"));
            }
        } catch (NoAnswer none) {
            throw new RunAborted(none.sentence());
        }
    }

    private static void reachPinningService(Session session) {
        Psa psa = session.first(exchange -> {});
        Exchange first = psa.list(Query.all().limit(1));
        int status = first.status();
        String where = session.settings().endpoint() + "/pins";
        if (status == 401 || status == 403) {
            throw new RunAborted(where + " refuses the token (status " + status + ": " + Psa.reason(first) + ")");
        }
        if (status >= 300 && status < 400) {
            throw new RunAborted(
                    where + " redirects to " + first.header("location").orElse("nowhere")
                            + "; a token is never sent to another address: if that is the service, give it as the endpoint");
        }
        if (status >= 500) {
            throw new RunAborted(where + " answers status " + status + ": the service is not working now");
        }
        if (status == 404 || !(first.json().isObject() || first.json().isArray() || status == 400)) {
            throw new RunAborted(where + " is not a pinning service (status " + status + ", "
                    + (first.mediaType().isEmpty() ? "no media type" : first.mediaType())
                    + "); the endpoint is the address below which /pins is found");
        }
    }

    /**
     * After a failing check: goes on when the endpoint still answers. An endpoint that stopped answering would fail every
     * later check for one and the same reason.
     */
    static void stillThere(Session session, CheckResult failed) {
        boolean suspicious = failed.findings().stream()
                .anyMatch(finding -> finding.exchange() != null
                        && (!finding.exchange().answered() || finding.exchange().status() >= 500));
        if (!suspicious || answers(session)) {
            return;
        }
        session.pause(SECOND_LOOK);
        if (!answers(session)) {
            throw new RunAborted(
                    "the endpoint stopped answering during " + failed.check().id());
        }
    }

    private static boolean answers(Session session) {
        try {
            if (!session.settings().profiles().contains(Profile.PSA)) {
                return session.gateway(exchange -> {})
                        .map(gateway -> gateway.get("/ipfs/bafkqaaa?format=raw").answered())
                        .orElse(true);
            }
            return session.first(exchange -> {}).list(Query.all().limit(1)).status() < 500;
        } catch (NoAnswer none) {
            return false;
        }
    }
}
