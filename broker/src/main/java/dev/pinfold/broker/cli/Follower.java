package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Watches a pin until it is pinned or failed. */
final class Follower {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final BrokerClient client;
    private final PrintWriter err;
    private final boolean terminal;

    Follower(BrokerClient client, PrintWriter err, boolean terminal) {
        this.client = client;
        this.err = err;
        this.terminal = terminal;
    }

    /**
     * Waits for the end of a pin and returns its last state.
     *
     * @param timeout null waits for ever
     */
    JsonNode follow(JsonNode pin, @Nullable Duration timeout) throws InterruptedException {
        long start = System.nanoTime();
        Duration pause = FIRST_PAUSE;
        JsonNode now = pin;
        String shown = "";
        while (true) {
            String status = now.path("status").asText();
            if (status.equals("pinned") || status.equals("failed")) {
                clear();
                return now;
            }
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            if (timeout != null && waited.compareTo(timeout) >= 0) {
                clear();
                return now;
            }
            shown = show(status, waited, shown);
            Thread.sleep(pause);
            pause = pause.multipliedBy(3).dividedBy(2);
            pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
            now = client.get(
                    "/pins/" + BrokerClient.encode(pin.path("requestid").asText()));
        }
    }

    private String show(String status, Duration waited, String shown) {
        if (terminal) {
            err.print("\r" + status + " … " + waited.toSeconds() + " s\u001b[K");
            err.flush();
        } else if (!status.equals(shown)) {
            err.println(status);
        }
        return status;
    }

    private void clear() {
        if (terminal) {
            err.print("\r\u001b[K");
            err.flush();
        }
    }
}
