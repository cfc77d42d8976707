package dev.pinfold.conformance;

import dev.pinfold.conformance.http.Limits;
import dev.pinfold.conformance.http.Ticks;
import dev.pinfold.conformance.reference.ReferencePsa;
import dev.pinfold.conformance.rule.Profile;
import dev.pinfold.conformance.session.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Settings for servers that answer at once: the same run as ever, with a clock that does not make anybody wait. */
public final class TestSettings {
    /** A clock on which every pause is over at once, and which says that it was not. */
    private static final class Hurried implements Ticks {
        private long skipped;

        @Override
        public synchronized long nanos() {
            return System.nanoTime() + skipped;
        }

        @Override
        public synchronized void sleep(Duration duration) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            skipped += duration.toNanos();
        }
    }

    private TestSettings() {}

    public static Settings of(ReferencePsa server, Path stateDir) {
        return Settings.forEndpoint(server.uri(), ReferencePsa.TOKEN)
                .edit()
                .secondToken(Optional.of(ReferencePsa.SECOND_TOKEN))
                .gateway(Optional.of(server.uri()))
                .gatewayCid(server.holds())
                .profiles(Set.of(Profile.PSA, Profile.GATEWAY))
                .population(30)
                .concurrency(8)
                .racers(10)
                .publicDelegates(true)
                .waitPinned(Duration.ofSeconds(2))
                .settle(Duration.ofSeconds(2))
                .limits(Limits.DEFAULT.withTimeout(Duration.ofSeconds(8)))
                .ticks(new Hurried())
                .stateDir(stateDir)
                .build();
    }

    public static Settings of(URI endpoint, Path stateDir) {
        return Settings.forEndpoint(endpoint, "a-token-of-nobody")
                .edit()
                .population(12)
                .concurrency(4)
                .racers(4)
                .limits(Limits.DEFAULT.withTimeout(Duration.ofMillis(400)))
                .ticks(new Hurried())
                .stateDir(stateDir)
                .build();
    }
}
