package dev.pinfold.broker.bench;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code pinfold bench hang}: how long {@code POST /pins} takes while one of the providers hangs on every call, against a
 * broker of the same kind without that provider. Rounds alternate, medians count.
 */
@Command(
        name = "hang",
        description = {
            "Measure POST /pins of a broker whose third provider answers no call within 30 seconds, against a broker",
            "without that provider."
        },
        footer = {"", "Example:", "  pinfold bench hang --clients 200"})
final class HangBench implements Callable<Integer> {
    private static final long HANGS_MILLIS = 30_000;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(names = "--seconds", defaultValue = "5", description = "Length of one round (default: ${DEFAULT-VALUE}).")
    int seconds;

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds of each (default: ${DEFAULT-VALUE}).")
    int rounds;

    @Option(names = "--clients", defaultValue = "200", description = "Clients at once (default: ${DEFAULT-VALUE}).")
    int clients;

    @Option(names = "--json", description = "Print the figures as one JSON document.")
    boolean json;

    private final AtomicLong held = new AtomicLong();

    @Override
    public Integer call() throws Exception {
        Vertx vertx = Vertx.vertx();
        HttpServer hanging = vertx.createHttpServer()
                .requestHandler(request -> {
                    held.incrementAndGet();
                    vertx.setTimer(
                            HANGS_MILLIS,
                            late -> request.response().setStatusCode(503).end());
                })
                .listen(0, "127.0.0.1")
                .await();
        String disks = OneBroker.disk("one") + OneBroker.disk("two");
        String hangs = OneBroker.entry(
                "hangs", "psa", "{endpoint: 'http://127.0.0.1:" + hanging.actualPort() + "', token: {file: token}}");
        try (OneBroker well = OneBroker.start(disks, 3);
                OneBroker troubled = OneBroker.start(disks + hangs, 3);
                Load load = new Load(clients)) {
            report(measure(load, well, troubled));
        } finally {
            vertx.close().await();
        }
        return 0;
    }

    private record Rounds(Load.Result well, Load.Result troubled) {}

    private Rounds measure(Load load, OneBroker well, OneBroker troubled) {
        LongFunction<Load.Call> post = n -> new Load.Call(HttpMethod.POST, "/pins", OneBroker.body());
        Duration length = Duration.ofSeconds(seconds);
        String wellToken = well.token("default");
        String troubledToken = troubled.token("default");
        load.run(well.uri(), wellToken, clients, length, post);
        load.run(troubled.uri(), troubledToken, clients, length, post);
        List<Load.Result> without = new ArrayList<>();
        List<Load.Result> with = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            without.add(load.run(well.uri(), wellToken, clients, length, post));
            with.add(load.run(troubled.uri(), troubledToken, clients, length, post));
        }
        return new Rounds(median(without), median(with));
    }

    private static Load.Result median(List<Load.Result> results) {
        return results.stream()
                .sorted(Comparator.comparingLong(Load.Result::p99Micros))
                .toList()
                .get(results.size() / 2);
    }

    private void report(Rounds median) {
        double ratio = median.troubled().p99Micros() / (double) median.well().p99Micros();
        if (json) {
            JsonObject figures = new JsonObject()
                    .put("withoutP99Ms", median.well().p99Micros() / 1000.0)
                    .put("withP99Ms", median.troubled().p99Micros() / 1000.0)
                    .put("ratio", ratio)
                    .put(
                            "failures",
                            median.well().failures() + median.troubled().failures())
                    .put("callsHeld", held.get());
            spec.commandLine().getOut().println(figures.encodePrettily());
            return;
        }
        spec.commandLine()
                .getOut()
                .printf(
                        "POST /pins, %d clients: p99 %.1f ms without (%.0f/s), %.1f ms with a provider that hangs (%.0f/s),"
                                + " ratio %.2f; failures %d and %d; calls held %d%n",
                        clients,
                        median.well().p99Micros() / 1000.0,
                        median.well().perSecond(),
                        median.troubled().p99Micros() / 1000.0,
                        median.troubled().perSecond(),
                        ratio,
                        median.well().failures(),
                        median.troubled().failures(),
                        held.get());
    }
}
