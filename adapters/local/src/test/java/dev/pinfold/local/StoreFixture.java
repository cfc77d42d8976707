package dev.pinfold.local;

import dev.pinfold.content.Block;
import dev.pinfold.content.Codec;
import dev.pinfold.content.dag.PbLink;
import dev.pinfold.content.dag.PbNode;
import dev.pinfold.kit.Dag;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Order;
import dev.pinfold.spi.OrderRef;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What the store's tests share: orders, DAGs that overlap, and looks at the folder itself. */
final class StoreFixture {
    private StoreFixture() {}

    static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(60));
    }

    static Provider open(Path store, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("path", store.toString());
        return new LocalProviderFactory()
                .open(new ProviderConfig("here", settings, Path.of(String.valueOf(store.getParent()))));
    }

    static Provider open(Path store) {
        return open(store, Map.of());
    }

    static Order order(String key, Dag dag) {
        return new Order(key, dag.root(), List.of(), Map.of(), OptionalLong.empty());
    }

    static OrderRef ref(String key, Dag dag) {
        return new OrderRef(key, dag.root(), null);
    }

    static Observation upload(Provider provider, String key, Dag dag) {
        return provider.upload(order(key, dag), dag.carSource(), soon()).observation();
    }

    static Observation observe(Provider provider, String key, Dag dag) {
        return provider.observe(ref(key, dag), soon()).observation();
    }

    /** A node over the blocks of some DAGs, so that it shares all of them. */
    static Dag over(Dag... parts) {
        List<PbLink> links = new ArrayList<>();
        List<Block> blocks = new ArrayList<>();
        for (Dag part : parts) {
            links.add(PbLink.named("part" + links.size(), part.root(), part.sizeBytes()));
            part.blocks().stream().filter(block -> !blocks.contains(block)).forEach(blocks::add);
        }
        Block root = Block.of(Codec.DAG_PB, new PbNode(links, new byte[0]).write());
        blocks.addFirst(root);
        return new Dag(root.cid(), blocks);
    }

    static boolean servesAll(Provider provider, Dag dag) {
        try (var car = provider.car(dag.root(), soon())) {
            return Dag.readCar(car.readAllBytes()).equals(dag);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Failure failureOf(Runnable call) {
        try {
            call.run();
        } catch (ProviderException e) {
            return e.failure();
        }
        throw new AssertionError("the call was expected to fail");
    }

    static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
