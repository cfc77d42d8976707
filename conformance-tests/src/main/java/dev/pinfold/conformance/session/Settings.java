package dev.pinfold.conformance.session;

import dev.pinfold.conformance.http.Limits;
import dev.pinfold.conformance.http.Ticks;
import dev.pinfold.conformance.http.Wire;
import dev.pinfold.conformance.rule.Level;
import dev.pinfold.conformance.rule.Profile;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Everything a run may be told.
 *
 * @param endpoint base URL of the pinning service; {@code /pins} is below it
 * @param token the bearer token of the account that is used
 * @param secondToken a token of another account, for the isolation check
 * @param gateway base URL of the gateway; {@code /ipfs/…} is below it
 * @param gatewayCid content that the gateway is known to hold
 * @param profiles which kinds of checks run
 * @param level the deepest level that runs
 * @param only ids of the checks that run; empty means all
 * @param pace requests per second; 0 for no limit
 * @param concurrency most requests at a time
 * @param population pins made for paging checks, at least 12
 * @param racers requests of one race (the specification names none; 50 find what 5 do not)
 * @param waitPinned how long to wait for a pin to become pinned or failed
 * @param settle how long a new pin may take to show in lists
 * @param poll pause between two looks at the same thing
 * @param publicDelegates whether delegates must be publicly dialable; false for an endpoint on this machine
 * @param stateDir where the record of own pins is kept until they are gone
 */
public record Settings(
        URI endpoint,
        String token,
        Optional<String> secondToken,
        Optional<URI> gateway,
        Optional<String> gatewayCid,
        Set<Profile> profiles,
        Level level,
        Set<String> only,
        double pace,
        int concurrency,
        int population,
        int racers,
        Duration waitPinned,
        Duration settle,
        Duration poll,
        boolean publicDelegates,
        Limits limits,
        Ticks ticks,
        Path stateDir) {
    public static final int SMALLEST_POPULATION = 12;
    private static final int LOCAL_POPULATION = 1200;
    private static final int REMOTE_POPULATION = 30;
    private static final double REMOTE_PACE = 4;

    public Settings {
        profiles = Set.copyOf(profiles);
        only = Set.copyOf(only);
        if (population < SMALLEST_POPULATION) {
            throw new IllegalArgumentException("a population of " + population
                    + " pins is too small: paging needs at least " + SMALLEST_POPULATION);
        }
    }

    /** Full speed and 1200 pins for an endpoint on this machine; polite and small for any other. */
    public static Settings forEndpoint(URI endpoint, String token) {
        boolean local = Wire.isLocal(endpoint);
        return new Settings(
                endpoint,
                token,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Set.of(Profile.PSA),
                Level.L6,
                Set.of(),
                local ? 0 : REMOTE_PACE,
                local ? 32 : 4,
                local ? LOCAL_POPULATION : REMOTE_POPULATION,
                local ? 50 : 8,
                local ? Duration.ofSeconds(5) : Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Duration.ofMillis(500),
                !local,
                Limits.DEFAULT,
                Ticks.SYSTEM,
                defaultStateDir());
    }

    /** {@code $XDG_STATE_HOME/pinfold/conformance}, below {@code ~/.local/state} when that is not set. */
    public static Path defaultStateDir() {
        String given = System.getenv("XDG_STATE_HOME");
        Path home = given == null || given.isBlank()
                ? Path.of(System.getProperty("user.home"), ".local", "state")
                : Path.of(given);
        return home.resolve("pinfold").resolve("conformance");
    }

    public SettingsEditor edit() {
        return new SettingsEditor(this);
    }
}
