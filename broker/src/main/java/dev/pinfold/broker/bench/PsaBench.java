package dev.pinfold.broker.bench;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code pinfold bench psa}: POST, GET by id and GET list of a real broker, against bare Vert.x handlers on the same
 * PostgreSQL in the same run; then lists of a small and a large tenant. Rounds alternate, medians count.
 */
@Command(
        name = "psa",
        description = {
            "Measure POST /pins, GET /pins/{id} and GET /pins against bare Vert.x handlers on the same database,",
            "and lists of a tenant with many pins against one with 10,000. Takes some minutes."
        },
        footer = {"", "Example:", "  pinfold bench psa --pins 1000000"})
final class PsaBench implements Callable<Integer> {
    private static final int SMALL = 10_000;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(names = "--seconds", defaultValue = "3", description = "Length of one round (default: ${DEFAULT-VALUE}).")
    int seconds;

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds of each (default: ${DEFAULT-VALUE}).")
    int rounds;

    @Option(names = "--clients", defaultValue = "32", description = "Clients at once (default: ${DEFAULT-VALUE}).")
    int clients;

    @Option(
            names = "--pins",
            defaultValue = "1000000",
            description = "Pins of the large tenant; 0 leaves that part out (default: ${DEFAULT-VALUE}).")
    int pins;

    @Option(names = "--json", description = "Print the figures as one JSON document.")
    boolean json;

    private final JsonObject figures = new JsonObject();

    @Override
    public Integer call() throws Exception {
        try (OneBroker own = OneBroker.start(OneBroker.disk("disk"), 1);
                BareServer bare = new BareServer(own.database());
                Load load = new Load(clients)) {
            compare(load, own.uri(), own.token("default"), bare.uri());
            if (pins > 0) {
                lists(load, own);
            }
        }
        if (json) {
            spec.commandLine().getOut().println(figures.encodePrettily());
        }
        return 0;
    }

    private void compare(Load load, URI broker, String token, URI bare) {
        LongFunction<Load.Call> post = n -> new Load.Call(HttpMethod.POST, "/pins", OneBroker.body());
        String mine = firstId(load, broker, token);
        String reference = firstId(load, bare, null);
        pair("post", load, broker, token, bare, post, post);
        pair(
                "get",
                load,
                broker,
                token,
                bare,
                n -> new Load.Call(HttpMethod.GET, "/pins/" + mine, null),
                n -> new Load.Call(HttpMethod.GET, "/pins/" + reference, null));
        pair(
                "list",
                load,
                broker,
                token,
                bare,
                n -> new Load.Call(HttpMethod.GET, "/pins?status=queued,pinning,pinned,failed", null),
                n -> new Load.Call(HttpMethod.GET, "/pins", null));
    }

    private String firstId(Load load, URI target, @Nullable String token) {
        var answer = new java.util.concurrent.atomic.AtomicReference<String>("");
        load.send(target, token, new Load.Call(HttpMethod.POST, "/pins", OneBroker.body()), answer::set);
        return new JsonObject(answer.get()).getString("requestid");
    }

    private void pair(
            String what,
            Load load,
            URI broker,
            String token,
            URI bare,
            LongFunction<Load.Call> brokerCalls,
            LongFunction<Load.Call> bareCalls) {
        List<Load.Result> ours = new ArrayList<>();
        List<Load.Result> theirs = new ArrayList<>();
        Duration length = Duration.ofSeconds(seconds);
        load.run(bare, null, clients, length, bareCalls);
        load.run(broker, token, clients, length, brokerCalls);
        for (int i = 0; i < rounds; i++) {
            theirs.add(load.run(bare, null, clients, length, bareCalls));
            ours.add(load.run(broker, token, clients, length, brokerCalls));
        }
        Load.Result us = median(ours);
        Load.Result them = median(theirs);
        double ratio = us.perSecond() / them.perSecond();
        say("%-6s broker %8.0f/s p50 %6.2f ms p99 %6.2f ms failures %d | bare %8.0f/s p99 %6.2f ms | ratio %.2f"
                .formatted(
                        what,
                        us.perSecond(),
                        us.p50Micros() / 1000.0,
                        us.p99Micros() / 1000.0,
                        us.failures(),
                        them.perSecond(),
                        them.p99Micros() / 1000.0,
                        ratio));
        figures.put(
                what,
                new JsonObject()
                        .put("perSecond", us.perSecond())
                        .put("p99Ms", us.p99Micros() / 1000.0)
                        .put("failures", us.failures())
                        .put("referencePerSecond", them.perSecond())
                        .put("ratio", ratio));
    }

    /** The median; figures of refused requests are worth nothing. */
    private static long micros(Load.Result result) {
        if (result.failures() > 0) {
            throw new IllegalStateException(result.failures() + " of the list requests failed");
        }
        return result.p50Micros();
    }

    private static Load.Result median(List<Load.Result> results) {
        return results.stream()
                .sorted(Comparator.comparingDouble(Load.Result::perSecond))
                .toList()
                .get(results.size() / 2);
    }

    private void lists(Load load, OneBroker own) {
        String small = own.token("small");
        String large = own.token("large");
        try (ManyPins many = new ManyPins(own.url())) {
            long begun = System.nanoTime();
            many.fill("small", SMALL);
            many.fill("large", pins);
            say("filled tenants with %d and %d pins in %.0f s"
                    .formatted(SMALL, pins, (System.nanoTime() - begun) / 1e9));
            URI target = own.uri();
            for (ManyPins.Query query : many.queries(SMALL, pins)) {
                long[] smallMicros = new long[rounds];
                long[] largeMicros = new long[rounds];
                Duration length = Duration.ofSeconds(1);
                load.run(target, small, 1, length, n -> new Load.Call(HttpMethod.GET, query.small(n), null));
                load.run(target, large, 1, length, n -> new Load.Call(HttpMethod.GET, query.large(n), null));
                for (int i = 0; i < rounds; i++) {
                    smallMicros[i] = micros(load.run(
                            target, small, 1, length, n -> new Load.Call(HttpMethod.GET, query.small(n), null)));
                    largeMicros[i] = micros(load.run(
                            target, large, 1, length, n -> new Load.Call(HttpMethod.GET, query.large(n), null)));
                }
                Arrays.sort(smallMicros);
                Arrays.sort(largeMicros);
                double a = smallMicros[rounds / 2] / 1000.0;
                double b = largeMicros[rounds / 2] / 1000.0;
                say("list %-28s %d pins %.2f ms | %d pins %.2f ms | ratio %.2f"
                        .formatted(query.name(), SMALL, a, pins, b, b / a));
                figures.put(
                        "list " + query.name(),
                        new JsonObject().put("smallMs", a).put("largeMs", b).put("ratio", b / a));
            }
        }
    }

    private void say(String line) {
        PrintWriter out =
                json ? spec.commandLine().getErr() : spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
