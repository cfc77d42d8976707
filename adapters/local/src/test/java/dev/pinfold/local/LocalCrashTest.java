package dev.pinfold.local;

import static dev.pinfold.local.StoreFixture.files;
import static dev.pinfold.local.StoreFixture.observe;
import static dev.pinfold.local.StoreFixture.open;
import static dev.pinfold.local.StoreFixture.over;
import static dev.pinfold.local.StoreFixture.ref;
import static dev.pinfold.local.StoreFixture.servesAll;
import static dev.pinfold.local.StoreFixture.soon;
import static dev.pinfold.local.StoreFixture.upload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.kit.Dag;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Provider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store is stopped after every single step it makes on the disk, and killed at random moments. */
class LocalCrashTest {
    private static final int KILLS = Boolean.getBoolean("pinfold.thorough") ? 60 : 5;

    @TempDir
    Path folder;

    private final Dag one = Dag.file(21, 4, 2_000);
    private final Dag two = Dag.file(22, 4, 2_000);
    /** More than one buffer, so that a crash can fall between two writes of one pack. */
    private final Dag both = over(one, two, Dag.file(23, 30, 50_000));

    /** Which pins were confirmed, and which were let go of or under way when it ended. */
    private final Map<String, Dag> confirmed = new HashMap<>();

    private final Map<String, Dag> uncertain = new HashMap<>();

    private void uploadOne(Provider provider, String key, Dag dag) {
        uncertain.put(key, dag);
        upload(provider, key, dag);
        uncertain.remove(key);
        confirmed.put(key, dag);
    }

    private void unpinOne(Provider provider, String key) {
        Dag dag = java.util.Objects.requireNonNull(confirmed.remove(key));
        uncertain.put(key, dag);
        provider.unpin(ref(key, dag), soon());
    }

    private void script(Provider provider) {
        uploadOne(provider, "one", one);
        uploadOne(provider, "both", both);
        uploadOne(provider, "two", two);
        unpinOne(provider, "one");
        unpinOne(provider, "both");
        uploadOne(provider, "again", both);
    }

    @Test
    void a_crash_after_any_step_loses_no_confirmed_pin_and_leaves_nothing_behind() throws IOException {
        for (boolean powerCut : List.of(false, true)) {
            int step = 0;
            while (runScript(step, powerCut)) {
                step++;
            }
            System.out.printf("%d steps, each the last one once; power cut: %s%n", step, powerCut);
            assertThat(step).isGreaterThan(50);
        }
    }

    /** Runs until the crash, opens again and looks; false where the script ended before the crash. */
    private boolean runScript(int steps, boolean powerCut) throws IOException {
        confirmed.clear();
        uncertain.clear();
        Path store = folder.resolve(powerCut + "-" + steps);
        CrashingDisk disk = new CrashingDisk(steps, powerCut);
        Provider crashing = new LocalProvider("here", new PackStore(store, false, Long.MAX_VALUE, disk));
        try {
            script(crashing);
        } catch (CrashingDisk.Crash e) {
            assertThat(disk.off()).isTrue();
        }
        crashing.close();
        check(store, "after step " + steps + (powerCut ? " with a power cut" : ""));
        return disk.off();
    }

    private void check(Path store, String when) throws IOException {
        Map<String, Dag> there = new HashMap<>(confirmed);
        try (Provider provider = open(store)) {
            confirmed.forEach((key, dag) -> {
                assertThat(observe(provider, key, dag)).as(key + " " + when).isInstanceOf(Observation.Stored.class);
                assertThat(servesAll(provider, dag)).as(key + " " + when).isTrue();
            });
            uncertain.forEach((key, dag) -> {
                Observation seen = observe(provider, key, dag);
                assertThat(seen)
                        .as(key + " " + when)
                        .isInstanceOfAny(Observation.Stored.class, Observation.Absent.class);
                if (seen instanceof Observation.Stored) {
                    assertThat(servesAll(provider, dag)).as(key + " " + when).isTrue();
                    there.put(key, dag);
                }
            });
            assertNothingIsLeft(store, when);
            // And it goes on: everything can be let go of, and then nothing is left at all.
            there.forEach((key, dag) -> provider.unpin(ref(key, dag), soon()));
            assertThat(files(store.resolve("packs"))).as(when).isEmpty();
            assertThat(files(store.resolve("pins"))).as(when).isEmpty();
            assertThat(upload(provider, "next", both)).as(when).isInstanceOf(Observation.Stored.class);
            provider.unpin(ref("next", both), soon());
        }
    }

    private static void assertNothingIsLeft(Path store, String when) throws IOException {
        assertThat(files(store.resolve("tmp"))).as(when).isEmpty();
        assertThat(files(store.resolve("damaged"))).as(when).isEmpty();
        Set<String> needed = new HashSet<>();
        for (Path pin : files(store.resolve("pins"))) {
            needed.addAll(PinRecord.read(Files.readAllBytes(pin)).orElseThrow().packs());
        }
        Set<String> kept = new HashSet<>();
        for (Path pack : files(store.resolve("packs"))) {
            kept.add(String.valueOf(pack.getFileName()).replaceFirst("\\..*", ""));
        }
        assertThat(kept).as("packs " + when).isEqualTo(needed);
    }

    @Test
    void a_store_killed_at_random_moments_keeps_every_confirmed_pin() throws Exception {
        long seed = Long.getLong("pinfold.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path store = folder.resolve("killed");
        Path output = folder.resolve("output");
        Set<Integer> stored = new HashSet<>();
        for (int round = 0; round < KILLS; round++) {
            Process child = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElse("java"),
                            "-Xmx96m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            LocalStoreChild.class.getName(),
                            store.toString(),
                            Integer.toString(round * 100_000),
                            Long.toString(random.nextLong()))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            waitForLines(child, output, 5 + random.nextInt(60));
            child.destroyForcibly().waitFor();
            Set<Integer> unsure = new HashSet<>();
            for (String line : wholeLines(output)) {
                replay(line, stored, unsure);
            }
            checkKilled(store, stored, unsure, "seed " + seed + " round " + round);
        }
    }

    private static void waitForLines(Process child, Path output, int lines) throws IOException {
        while (wholeLines(output).size() < lines) {
            assertThat(child.isAlive())
                    .as("the child works: " + Files.readString(output))
                    .isTrue();
            Thread.onSpinWait();
        }
    }

    private static List<String> wholeLines(Path output) throws IOException {
        String text = Files.readString(output);
        return new ArrayList<>(
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList());
    }

    private static void replay(String line, Set<Integer> stored, Set<Integer> unsure) {
        String[] words = line.split(" ", -1);
        int number = Integer.parseInt(words[1]);
        switch (words[0]) {
            case "uploading" -> unsure.add(number);
            case "unpinning" -> {
                stored.remove(number);
                unsure.add(number);
            }
            case "stored" -> {
                unsure.remove(number);
                stored.add(number);
            }
            case "unpinned" -> unsure.remove(number);
            default -> throw new AssertionError(line);
        }
    }

    private static void checkKilled(Path store, Set<Integer> stored, Set<Integer> unsure, String when)
            throws IOException {
        try (Provider provider = open(store)) {
            for (int number : stored) {
                Dag dag = LocalStoreChild.dag(number);
                assertThat(observe(provider, "pin-" + number, dag))
                        .as(when + " pin " + number)
                        .isInstanceOf(Observation.Stored.class);
                assertThat(servesAll(provider, dag)).as(when + " pin " + number).isTrue();
            }
            // The last line may have been printed in part: what is neither is one order at most.
            List<String> listed = provider.list(null, soon()).pins().stream()
                    .map(pin -> pin.upstreamId())
                    .toList();
            for (String key : listed) {
                int number = Integer.parseInt(key.substring(4));
                Dag dag = LocalStoreChild.dag(number);
                assertThat(stored.contains(number) || unsure.contains(number))
                        .as(when + " " + key)
                        .isTrue();
                assertThat(servesAll(provider, dag)).as(when + " " + key).isTrue();
                stored.add(number);
            }
            assertNothingIsLeft(store, when);
        }
    }
}
