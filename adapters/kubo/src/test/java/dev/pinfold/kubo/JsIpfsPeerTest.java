package dev.pinfold.kubo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pinfold.content.Block;
import dev.pinfold.kit.Dag;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Order;
import dev.pinfold.spi.OrderRef;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.Sighting;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The adapter against a node that this project did not write: js-ipfs, whose RPC is that of Kubo. */
class JsIpfsPeerTest {
    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(30));
    }

    @Test
    @Timeout(600)
    void a_copy_lives_and_dies_on_a_real_node(@TempDir Path folder) throws Exception {
        Path start = Path.of(System.getProperty("pinfold.root", "../.."))
                .resolve("../shared/peers/start-jsipfs.sh")
                .toAbsolutePath()
                .normalize();
        boolean there = Files.isExecutable(start) && Boolean.getBoolean("pinfold.peers");
        if (!there) {
            System.out.println("skipped: needs " + start + " and -Dpinfold.peers=true (installs js-ipfs on first use)");
        }
        assumeTrue(there, "no real node");
        Matcher peer = start(start, folder.resolve("repo"));
        try (Provider node =
                new KuboProviderFactory().open(new ProviderConfig("js", Map.of("endpoint", peer.group(2)), folder))) {
            live(node);
        } finally {
            ProcessHandle.of(Long.parseLong(peer.group(1))).ifPresent(ProcessHandle::destroy);
        }
    }

    private static void live(Provider node) throws Exception {
        node.probe(soon());
        Dag dag = Dag.file(5, 20, 100_000);
        OrderRef ref = new OrderRef("key-1", dag.root(), null);
        assertThat(node.observe(ref, soon()).observation()).isInstanceOf(Observation.Absent.class);
        Order order = new Order("key-1", dag.root(), List.of(), Map.of(), OptionalLong.of(dag.sizeBytes()));
        Sighting given = node.upload(order, dag.carSource(), soon());
        assertThat(given.observation()).isInstanceOf(Observation.Stored.class);
        assertThat(node.observe(ref, soon()).observation()).isInstanceOf(Observation.Stored.class);
        assertThat(node.list(null, soon()).pins())
                .anyMatch(pin -> pin.upstreamId().equals(dag.root().toString()));
        for (Block block : dag.blocks()) {
            assertThat(node.block(block.cid(), soon())).isEqualTo(block.bytes());
        }
        try (InputStream car = node.car(dag.root(), soon())) {
            assertThat(Dag.readCar(car.readAllBytes()).blocks()).isEqualTo(dag.blocks());
        }
        assertThatThrownBy(() -> node.block(Dag.text("nowhere").root(), soon()))
                .isInstanceOfSatisfying(
                        ProviderException.class, e -> assertThat(e.failure()).isInstanceOf(Failure.NotFound.class));
        node.unpin(ref, soon());
        assertThat(node.observe(ref, soon()).observation()).isInstanceOf(Observation.Absent.class);
        node.unpin(ref, soon());
    }

    private static Matcher start(Path script, Path repo) throws Exception {
        Process process = new ProcessBuilder(script.toString(), repo.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        Matcher line =
                Pattern.compile("jsipfs: pid=(\\d+) api=(\\S+) gateway=(\\S+)").matcher(said);
        assertThat(line.find()).as(said).isTrue();
        return line;
    }
}
