package dev.pinfold.broker.flow;

import dev.pinfold.content.Cid;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.Network;
import dev.pinfold.kit.ScriptedPsa;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Scripted companies that share one network of content, and that content. A test that registers them has them closed at its end. */
public final class Companies implements AutoCloseable, AfterEachCallback {
    private final Network network = new Network();
    private final List<ScriptedPsa> companies = new ArrayList<>();
    private long seeds;

    /** Starts a company that does everything right until told otherwise. */
    public ScriptedPsa open(String name) {
        ScriptedPsa company = ScriptedPsa.builder()
                .name(name)
                .network(network)
                .seed(companies.size() + 1L)
                .start();
        companies.add(company);
        return company;
    }

    /** Makes new content that every company can find. */
    public Dag offered() {
        Dag dag = hidden();
        network.offer(dag);
        return dag;
    }

    /** The roots of so many new small contents that every company can find. */
    public List<Cid> offered(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    Dag dag = Dag.text("content " + ++seeds);
                    network.offer(dag);
                    return dag.root();
                })
                .toList();
    }

    /** Makes new content that nobody can find. */
    public Dag hidden() {
        return Dag.file(++seeds, 4, 1000);
    }

    public Network network() {
        return network;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close();
    }

    @Override
    public void close() {
        companies.forEach(ScriptedPsa::close);
    }
}
