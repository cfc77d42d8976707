package dev.pinfold.simulator;

import dev.pinfold.filecoin.FilecoinProviderFactory;
import dev.pinfold.kit.filecoin.LotusAge;
import dev.pinfold.kit.filecoin.Pace;
import dev.pinfold.kit.filecoin.SimulatedNetwork;
import dev.pinfold.kit.filecoin.SimulatedProvider;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.ColdReader;
import dev.pinfold.spi.deal.DealMaker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * A SIMULATED network and the ordinary adapter in front of it. The network starts beside the broker and not before it: who
 * asks too early waits a moment.
 */
final class SimulatorProvider implements Provider {
    /** What coins are called, so that nobody takes an amount for a real one. */
    private static final String COIN = "simFIL";

    /** Minutes instead of hours, at an epoch per second. */
    private static final Pace PACE = new Pace(1, 2, 5, 1);

    /** By then the broker is up, which takes all cores of a small machine. */
    private static final Duration AFTER = Duration.ofMillis(1500);

    private static final Duration START = Duration.ofSeconds(30);

    private final String id;
    private final CompletableFuture<Running> running;

    private record Running(SimulatedNetwork network, Provider lotus) {}

    private SimulatorProvider(String id, CompletableFuture<Running> running) {
        this.id = id;
        this.running = running;
    }

    static SimulatorProvider open(String id, Path folder, Duration epoch, List<String> countries) {
        Executor later = CompletableFuture.delayedExecutor(
                AFTER.toMillis(),
                TimeUnit.MILLISECONDS,
                work -> Thread.ofPlatform()
                        .daemon()
                        .name("SIMULATED-filecoin-start")
                        .start(work));
        CompletableFuture<Running> running =
                CompletableFuture.supplyAsync(() -> start(id, folder, epoch, countries), later);
        return new SimulatorProvider(id, running);
    }

    private static Running start(String id, Path folder, Duration epoch, List<String> countries) {
        SimulatedNetwork network = SimulatedNetwork.builder()
                .lasting(folder)
                .nodes(LotusAge.V1_36)
                .providers(countries.toArray(String[]::new))
                .pace(PACE)
                .epochEvery(epoch)
                .start();
        try {
            ProviderConfig config = new ProviderConfig(id, settings(network, epoch), folder);
            return new Running(network, new FilecoinProviderFactory().open(config));
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    private static Map<String, String> settings(SimulatedNetwork network, Duration epoch) {
        String addresses = network.providers().stream()
                .map(each -> each.address().toString())
                .collect(Collectors.joining(" "));
        String countries =
                network.providers().stream().map(SimulatorProvider::countryOf).collect(Collectors.joining(" "));
        return Map.ofEntries(
                Map.entry("endpoint", network.node().endpoint().toString()),
                Map.entry("token", network.node().adminToken()),
                Map.entry("coin", COIN),
                Map.entry("storageProviders", addresses),
                Map.entry("countries", countries),
                Map.entry("privateProviders", "true"),
                Map.entry("confirmations", "2"),
                Map.entry("topUpEscrow", "true"),
                Map.entry("pollInterval", poll(epoch).toString()));
    }

    private static Duration poll(Duration epoch) {
        Duration least = Duration.ofMillis(100);
        Duration most = Duration.ofMinutes(1);
        return epoch.compareTo(least) < 0 ? least : epoch.compareTo(most) > 0 ? most : epoch;
    }

    private static String countryOf(SimulatedProvider provider) {
        return provider.address() + "=" + provider.country();
    }

    private Running running(Duration patience) {
        try {
            return running.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw unavailable("the SIMULATED network could not be started: " + e.getCause());
        } catch (TimeoutException e) {
            throw unavailable("the SIMULATED network is still starting");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("the call was interrupted");
        }
    }

    private ProviderException unavailable(String what) {
        return new ProviderException(new Failure.Unavailable(id + ": " + what));
    }

    /** The network itself, for tests. */
    SimulatedNetwork network() {
        return running(START).network();
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.DEAL);
    }

    @Override
    public void probe(Deadline deadline) {
        running(deadline.remaining()).lotus().probe(deadline);
    }

    @Override
    public DealMaker deals() {
        return running(START).lotus().deals();
    }

    @Override
    public ColdReader coldReader() {
        return running(START).lotus().coldReader();
    }

    /** Ends the network; what it holds stays in its folder. */
    @Override
    public void close() {
        try {
            Running up = running.orTimeout(START.toSeconds(), TimeUnit.SECONDS).join();
            up.lotus().close();
            up.network().close();
        } catch (CompletionException e) {
            // It never ran.
        }
    }

    @Override
    public String toString() {
        return "SimulatorProvider[" + id + ", SIMULATED]";
    }
}
