package dev.pinfold.broker.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.chaos.PinClient.Shown;
import dev.pinfold.content.Cid;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.PinListing;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same with uploads and three stores on this machine's disk, which die with the broker; read afterwards as they lie. */
class LocalStoresKilledTest {
    private static final boolean THOROUGH = Boolean.getBoolean("pinfold.thorough");
    private static final int KILLS = Integer.getInteger("pinfold.kills", THOROUGH ? 60 : 3);
    private static final int PINS_PER_LIFE = 12;
    private static final List<String> STORES = List.of("one", "two", "three");

    private final long seed = Long.getLong("pinfold.seed", System.nanoTime() & 0xffff_ffffL);

    @TempDir
    Path folder;

    @Test
    void uploads_that_were_acknowledged_lie_in_every_store_once_and_nothing_else_does() throws Exception {
        System.out.println("seed " + seed);
        configure();
        try (PinClient client = new PinClient();
                Workload workload = new Workload(client, null, seed, KILLS * PINS_PER_LIFE);
                KillRun run = new KillRun(folder, workload, client, workload::acknowledged, seed)) {
            workload.start(3);
            run.killing(KILLS, PINS_PER_LIFE);
            List<Shown> pins = run.rest(STORES.size());
            System.out.println(run.figures());
            System.out.println(run.complaints());
            Set<String> wanted = run.judge(pins);
            run.broker().close();
            List<String> faults = faults(wanted);
            for (int tries = 0; tries < 10 && !faults.isEmpty(); tries++) {
                // What was deleted last is still being released.
                try (KillableBroker again = KillableBroker.start(folder)) {
                    again.awaitReady();
                    Eventually.within(Duration.ofSeconds(2), () -> false);
                }
                faults = faults(wanted);
            }
            System.out.println("contents " + wanted.size() + ", faults " + faults);
            assertThat(faults).isEmpty();
        }
    }

    private void configure() throws IOException {
        StringBuilder yaml = new StringBuilder(Settings.common(folder, STORES.size(), ""));
        yaml.append("providers:\n");
        for (String store : STORES) {
            yaml.append("  - {id: ")
                    .append(store)
                    .append(", type: local, labels: {region: ")
                    .append(store);
            yaml.append(", org: ")
                    .append(store)
                    .append("}, settings: {path: stores/")
                    .append(store)
                    .append("},\n");
            yaml.append("     rate: {requestsPerSecond: 2000, burst: 4000, listPerMinute: 600}}\n");
        }
        Files.writeString(folder.resolve("broker.yaml"), yaml);
    }

    private List<String> faults(Set<String> wanted) {
        ProviderFactory local = ServiceLoader.load(ProviderFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(factory -> factory.type().equals("local"))
                .findFirst()
                .orElseThrow();
        List<String> faults = new ArrayList<>();
        for (String store : STORES) {
            Map<String, String> settings = Map.of("path", "stores/" + store, "fsync", "true");
            try (Provider provider = local.open(new ProviderConfig(store, settings, folder.resolve("data")))) {
                List<String> held = held(provider);
                wanted.stream().filter(cid -> !held.contains(cid)).forEach(cid -> faults.add(store + " lost " + cid));
                held.stream().filter(cid -> !wanted.contains(cid)).forEach(cid -> faults.add(store + " keeps " + cid));
                if (held.size() != Set.copyOf(held).size()) {
                    faults.add(store + " holds something twice");
                }
            }
        }
        return faults;
    }

    private static List<String> held(Provider provider) {
        List<String> held = new ArrayList<>();
        String from = null;
        do {
            PinListing page = provider.list(from, Deadline.after(Duration.ofSeconds(30)));
            for (PinListing.ListedPin pin : page.pins()) {
                if (pin.observation() instanceof Observation.Stored) {
                    held.add(Cid.parse(pin.cid()).canonical());
                }
            }
            from = page.next();
        } while (from != null);
        return held;
    }
}
