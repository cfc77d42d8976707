package dev.pinfold.broker.chaos;

import dev.pinfold.broker.chaos.KillableBroker.Address;
import dev.pinfold.broker.chaos.PinClient.Shown;
import dev.pinfold.content.Cid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One run: clients work, the broker (or its PostgreSQL, or both) is killed at moments that a seed chooses and started
 * again at once, until the number of kills is reached; then everything must come to rest in the right state.
 */
final class KillRun implements AutoCloseable {
    private static final Duration RESUME_LIMIT = Duration.ofSeconds(30);
    private static final Duration REST_LIMIT = Duration.ofMinutes(3);

    /** What is killed. */
    enum Victim {
        BROKER,
        BROKER_AND_POSTGRES,
        POSTGRES
    }

    private final Path folder;
    private final Workload workload;
    private final PinClient client;
    private final LongSupplier work;
    private final Random random;
    private final Map<Victim, Integer> kills = new EnumMap<>(Victim.class);
    private KillableBroker broker;
    private int killedWhileStarting;
    private int resumed;
    private Duration longest = Duration.ZERO;
    private Duration longestStart = Duration.ZERO;
    private final long begun = System.nanoTime();
    private long restAt;
    private volatile @Nullable Address address;

    /**
     * @param work counts what the broker has done for anybody so far: grows only while it works
     */
    KillRun(Path folder, Workload workload, PinClient client, LongSupplier work, long seed) throws IOException {
        this.folder = folder;
        this.workload = workload;
        this.client = client;
        this.work = work;
        this.random = new Random(seed);
        this.broker = KillableBroker.start(folder);
    }

    /** Where the broker is now; null while it is dead or starts. */
    @Nullable
    Address address() {
        return address;
    }

    /** Kills so many times, giving the clients their share of work in each life. */
    void killing(int times, int pinsPerLife) throws IOException {
        for (int i = 0; i < times; i++) {
            workload.allow(pinsPerLife);
            if (i > 0 && random.nextInt(6) == 0 && dieStarting()) {
                continue;
            }
            arrive();
            if (random.nextInt(3) == 0) {
                Eventually.within(Duration.ofMillis(random.nextInt(400)), workload::done);
            } else {
                progress(broker::age);
                Eventually.within(Duration.ofMillis(random.nextInt(900)), workload::done);
            }
            strike(Victim.values()[Math.max(0, random.nextInt(6) - 3)]);
        }
    }

    /** Kills at a random moment before it is ready; false when it was ready earlier. */
    private boolean dieStarting() throws IOException {
        Duration moment = Duration.ofMillis(random.nextInt(2_500));
        if (Eventually.within(moment, () -> broker.address().isPresent())) {
            return false;
        }
        killedWhileStarting++;
        strike(random.nextBoolean() ? Victim.BROKER : Victim.BROKER_AND_POSTGRES);
        return true;
    }

    private void arrive() {
        Address now = broker.awaitReady();
        if (address == null) {
            longestStart = longest(longestStart, broker.age());
            address = now;
            workload.at(now);
        }
    }

    private void progress(java.util.function.Supplier<Duration> since) {
        long before = work.getAsLong();
        Eventually.holds(() -> "progress after a restart\n" + broker.logTail(), RESUME_LIMIT, () -> {
            workload.allowOneIfIdle();
            return work.getAsLong() > before || workload.done();
        });
        longest = longest(longest, since.get());
        resumed++;
    }

    private static Duration longest(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private void strike(Victim victim) throws IOException {
        kills.merge(victim, 1, Integer::sum);
        if (victim == Victim.POSTGRES) {
            long begun = System.nanoTime();
            if (broker.killPostgres()) {
                workload.allow(1);
                progress(() -> Duration.ofNanos(System.nanoTime() - begun));
            }
            return;
        }
        if (victim == Victim.BROKER) {
            broker.kill();
        } else {
            broker.killWithPostgres();
        }
        address = null;
        workload.at(null);
        broker = KillableBroker.start(folder);
    }

    /** Lets the clients finish, then waits until every pin that exists has all its copies; returns these pins. */
    List<Shown> rest(int copies) {
        arrive();
        restAt = System.nanoTime();
        workload.allow(1_000_000);
        Eventually.holds(() -> "the clients are done\n" + broker.logTail(), REST_LIMIT, workload::done);
        if (!workload.surprises().isEmpty()) {
            throw new AssertionError("answers that no client should get: " + workload.surprises());
        }
        String full = Integer.toString(copies);
        Eventually.holds(() -> "every pin has all its copies: " + unfinished(full), REST_LIMIT, () -> {
            List<Shown> pins = pins();
            return !pins.isEmpty() && pins.stream().allMatch(pin -> finished(pin, full));
        });
        return pins();
    }

    private static boolean finished(Shown pin, String copies) {
        return pin.status().equals("pinned") && copies.equals(pin.info().get("pinfold_verified"));
    }

    private String unfinished(String copies) {
        List<Shown> left = pins().stream().filter(pin -> !finished(pin, copies)).toList();
        return left.size() + " not, among them " + left.stream().limit(3).toList();
    }

    private List<Shown> pins() {
        try {
            Address at = address;
            return at == null ? List.of() : client.all(at);
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The contents of these pins; fails unless exactly the right pins exist (I1). */
    Set<String> judge(List<Shown> pins) {
        Set<String> ids = pins.stream().map(Shown::id).collect(Collectors.toSet());
        List<Workload.Demand> lost = workload.alive().values().stream()
                .filter(demand -> !ids.contains(demand.id()))
                .toList();
        List<Shown> risen =
                pins.stream().filter(pin -> workload.gone().contains(pin.id())).toList();
        List<Shown> strangers = pins.stream()
                .filter(pin -> !workload.alive().containsKey(pin.id()))
                .filter(pin -> !workload.unsure().contains(pin.name()))
                .toList();
        Set<String> names = new HashSet<>();
        List<Shown> twice = pins.stream().filter(pin -> !names.add(pin.name())).toList();
        System.out.printf(
                "pins %d, acknowledged and lost %d, deleted and still there %d, never asked for %d, made twice %d%n",
                pins.size(), lost.size(), risen.size(), strangers.size(), twice.size());
        if (!lost.isEmpty() || !risen.isEmpty() || !strangers.isEmpty() || !twice.isEmpty()) {
            throw new AssertionError(
                    "lost " + lost + "; still there " + risen + "; strangers " + strangers + "; twice " + twice);
        }
        return pins.stream().map(pin -> Cid.parse(pin.cid()).canonical()).collect(Collectors.toSet());
    }

    /** What was done, in one line. */
    String figures() {
        return "kills %s (%d while starting); work resumed %d times, at most %d ms after a restart; ready after %d ms at most; unanswered requests %s; %d s of kills, %d s until rest"
                .formatted(
                        kills,
                        killedWhileStarting,
                        resumed,
                        longest.toMillis(),
                        longestStart.toMillis(),
                        workload.unanswered(),
                        (restAt - begun) / 1_000_000_000,
                        (System.nanoTime() - restAt) / 1_000_000_000);
    }

    /** The kinds of complaints in the broker's log, with their counts. */
    String complaints() throws IOException {
        Map<String, Integer> kinds = new TreeMap<>();
        for (String line : Files.readAllLines(folder.resolve("output.log"))) {
            if (line.matches("[0-9:.]+ (WARN|ERROR) .*")) {
                String kind = line.substring(13).replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}|b[a-z2-7]{50,}|[0-9]+", "#");
                kinds.merge(kind.substring(0, Math.min(160, kind.length())), 1, Integer::sum);
            }
        }
        StringBuilder text = new StringBuilder("complaints of the broker:");
        kinds.forEach(
                (kind, count) -> text.append("\n  ").append(count).append(" × ").append(kind));
        return text.toString();
    }

    KillableBroker broker() {
        return broker;
    }

    @Override
    public void close() {
        broker.close();
    }
}
