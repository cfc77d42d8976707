package dev.pinfold.broker.chaos;

import dev.pinfold.content.Cid;
import dev.pinfold.kit.Network;
import dev.pinfold.kit.PinTruth;
import dev.pinfold.kit.Progress;
import dev.pinfold.kit.PsaOperation;
import dev.pinfold.kit.ScriptedPsa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The pinning companies of a test, which live in its own JVM and outlive every broker; and a broker's settings for them. */
final class Upstreams implements AutoCloseable {
    private final Network network = new Network();
    private final List<ScriptedPsa> all = new ArrayList<>();

    Upstreams(int count, long seed) {
        List<Progress> progress = List.of(
                new Progress.Immediately(), new Progress.AfterLooks(2), new Progress.AfterTime(Duration.ofMillis(150)));
        for (int i = 0; i < count; i++) {
            all.add(ScriptedPsa.builder()
                    .name("company" + i)
                    .network(network)
                    .seed(seed + i)
                    .progress(progress.get(i % progress.size()))
                    .start());
        }
    }

    Network network() {
        return network;
    }

    List<ScriptedPsa> all() {
        return all;
    }

    /** Calls that change something, over all companies. */
    long orders() {
        return all.stream()
                .mapToLong(
                        psa -> psa.calls().count(PsaOperation.ADD) + psa.calls().count(PsaOperation.DELETE))
                .sum();
    }

    /** How many companies really have a content pinned. */
    long holding(Cid root) {
        return all.stream()
                .filter(psa ->
                        psa.pinsOf(root).stream().anyMatch(pin -> pin.status().equals("pinned")))
                .count();
    }

    /**
     * What is wrong at the companies.
     *
     * @param duplicates pins beyond the first of a content at one company
     * @param orphans pins of contents that nobody wants
     * @param lost wanted contents that a company does not have, or does not have pinned
     */
    record Faults(int duplicates, int orphans, int lost, List<String> examples) {
        boolean none() {
            return duplicates == 0 && orphans == 0 && lost == 0;
        }
    }

    /** Compares what every company holds with what it shall hold: each of these contents once, and nothing else. */
    Faults faults(Collection<String> wantedCids) {
        Set<String> wanted = new HashSet<>();
        wantedCids.forEach(cid -> wanted.add(Cid.parse(cid).canonical()));
        int duplicates = 0;
        int orphans = 0;
        int lost = 0;
        List<String> examples = new ArrayList<>();
        for (ScriptedPsa psa : all) {
            Map<String, Integer> held = new HashMap<>();
            for (PinTruth pin : psa.pins()) {
                String cid = Cid.parse(pin.cid()).canonical();
                int before = held.getOrDefault(cid, 0);
                if (before > 0) {
                    duplicates++;
                    examples.add("duplicate at " + psa.name() + ": " + pin);
                } else if (!wanted.contains(cid)) {
                    orphans++;
                    examples.add("orphan at " + psa.name() + ": " + pin);
                } else if (!pin.status().equals("pinned")) {
                    lost++;
                    examples.add("not pinned at " + psa.name() + ": " + pin);
                }
                held.put(cid, before + 1);
            }
            for (String cid : wanted) {
                if (!held.containsKey(cid)) {
                    lost++;
                    examples.add("missing at " + psa.name() + ": " + cid);
                }
            }
        }
        return new Faults(duplicates, orphans, lost, examples.subList(0, Math.min(5, examples.size())));
    }

    /** Writes {@code broker.yaml} and its policy: a copy at every company, pinned once two of them (or the one) are verified. */
    void configure(Path folder, String database) throws IOException {
        StringBuilder yaml = new StringBuilder(Settings.common(folder, all.size(), database));
        yaml.append("fetch: {allow: [127.0.0.1]}\nproviders:\n");
        for (ScriptedPsa psa : all) {
            Path token = Files.writeString(folder.resolve(psa.name() + ".token"), psa.token());
            yaml.append("  - id: ").append(psa.name()).append("\n    type: psa\n");
            yaml.append("    labels: {region: ")
                    .append(psa.name())
                    .append(", org: ")
                    .append(psa.name())
                    .append("}\n");
            yaml.append("    rate: {requestsPerSecond: 2000, burst: 4000, listPerMinute: 60000}\n");
            yaml.append("    timeouts: {call: 5s}\n");
            yaml.append("    settings: {endpoint: \"").append(psa.endpoint()).append("\", gateway: \"");
            yaml.append(psa.gateway())
                    .append("\", token: {file: ")
                    .append(token)
                    .append("}}\n");
        }
        Files.writeString(folder.resolve("broker.yaml"), yaml);
    }

    @Override
    public void close() {
        all.forEach(ScriptedPsa::close);
    }
}
