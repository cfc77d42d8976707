package dev.pinfold.broker.bench;

import dev.pinfold.broker.provider.GuardSettings;
import dev.pinfold.broker.provider.ProviderSpec;
import dev.pinfold.content.Cid;
import dev.pinfold.spi.ProviderConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;

/** A server that holds what {@link ReadBench} reads. */
sealed interface ReadPeer {
    /** Its address, without a slash at the end. */
    String base();

    /** The same server, reached at another address. */
    ReadPeer at(String base);

    /** How the broker reads from it. */
    ProviderSpec spec(String id);

    /** The request that gives it the blocks of a CAR. */
    HttpRequest take(Path car) throws IOException;

    /** The request for all blocks below a root, as a CAR. */
    HttpRequest whole(Cid root);

    /** The request for the bytes of a file. */
    HttpRequest file(Cid root);

    /** Gives it the blocks of a CAR. */
    default void give(HttpClient http, Path car) throws IOException, InterruptedException {
        var answer = http.send(take(car), BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(base() + " does not take a CAR: status " + answer.statusCode());
        }
    }

    private static ProviderSpec spec(String id, String type, Map<String, String> settings) {
        GuardSettings usual = GuardSettings.defaults();
        // The rate budget is for companies that count calls: with it, small reads would measure the budget.
        GuardSettings unpaced = new GuardSettings(
                100_000,
                100_000,
                usual.listCallsPerSecond(),
                usual.listBurst(),
                usual.maxConcurrent(),
                usual.maxWait(),
                usual.callTimeout(),
                usual.uploadTimeout(),
                usual.breaker());
        return new ProviderSpec(id, type, Map.of(), new ProviderConfig(id, settings, Path.of(".")), unpaced);
    }

    /** A trustless gateway that takes CARs at {@code PUT /_import}. */
    record Gateway(String base) implements ReadPeer {
        private static final String QUERY = "?format=car&car-version=1&car-order=dfs&car-dups=n&dag-scope=all";

        @Override
        public ReadPeer at(String other) {
            return new Gateway(other);
        }

        @Override
        public ProviderSpec spec(String id) {
            return ReadPeer.spec(
                    id,
                    "psa",
                    Map.of("preset", "generic", "endpoint", base + "/psa", "token", "none", "gateway", base));
        }

        @Override
        public HttpRequest take(Path car) throws IOException {
            return HttpRequest.newBuilder(URI.create(base + "/_import"))
                    .PUT(BodyPublishers.ofFile(car))
                    .build();
        }

        @Override
        public HttpRequest whole(Cid root) {
            return HttpRequest.newBuilder(URI.create(base + "/ipfs/" + root + QUERY))
                    .header("Accept", "application/vnd.ipld.car;version=1;order=dfs;dups=n")
                    .build();
        }

        @Override
        public HttpRequest file(Cid root) {
            return HttpRequest.newBuilder(URI.create(base + "/ipfs/" + root)).build();
        }
    }

    /** The RPC of an IPFS node. */
    record Node(String base) implements ReadPeer {
        private static final String BOUNDARY = "pinfold-bench";

        @Override
        public ReadPeer at(String other) {
            return new Node(other);
        }

        @Override
        public ProviderSpec spec(String id) {
            return ReadPeer.spec(id, "kubo", Map.of("endpoint", base));
        }

        @Override
        public HttpRequest take(Path car) throws IOException {
            String head =
                    "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file.car\"\r\n"
                            + "Content-Type: application/octet-stream\r\n\r\n";
            return HttpRequest.newBuilder(URI.create(base + "/api/v0/dag/import?pin-roots=false"))
                    .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                    .POST(BodyPublishers.concat(
                            BodyPublishers.ofString(head),
                            BodyPublishers.ofFile(car),
                            BodyPublishers.ofString("\r\n--" + BOUNDARY + "--\r\n")))
                    .build();
        }

        @Override
        public HttpRequest whole(Cid root) {
            return ask("dag/export?progress=false&arg=" + root);
        }

        @Override
        public HttpRequest file(Cid root) {
            return ask("cat?arg=" + root);
        }

        private HttpRequest ask(String call) {
            return HttpRequest.newBuilder(URI.create(base + "/api/v0/" + call))
                    .POST(BodyPublishers.noBody())
                    .build();
        }
    }
}
