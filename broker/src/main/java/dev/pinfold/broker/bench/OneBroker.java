package dev.pinfold.broker.bench;

import dev.pinfold.broker.Broker;
import dev.pinfold.broker.api.Tokens;
import dev.pinfold.broker.config.ConfigLoader;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.store.DatabaseConfig;
import dev.pinfold.broker.store.EmbeddedPostgres;
import dev.pinfold.broker.store.TokenStore.NewToken;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** A broker to be measured, with a PostgreSQL and a folder of its own, which go away with it. */
final class OneBroker implements AutoCloseable {
    private final ScratchFolder folder;
    private final EmbeddedPostgres postgres;
    private final String url;
    private final Broker broker;

    private OneBroker(ScratchFolder folder, EmbeddedPostgres postgres, String url, Broker broker) {
        this.folder = folder;
        this.postgres = postgres;
        this.url = url;
        this.broker = broker;
    }

    /**
     * Starts one.
     *
     * @param providers the entries of {@code providers} in its configuration
     * @param copies copies that its policy wants of every pin
     */
    static OneBroker start(String providers, int copies) throws IOException {
        ScratchFolder folder = ScratchFolder.open();
        EmbeddedPostgres postgres = EmbeddedPostgres.start(folder.path().resolve("postgres"));
        try {
            String url = url(postgres.connectOptions());
            Path file = configuration(folder.path(), url, providers, copies);
            Broker broker = Broker.start(ConfigLoader.standard().load(file, ConfigLoader.Overrides.NONE));
            return new OneBroker(folder, postgres, url, broker);
        } catch (RuntimeException | IOException e) {
            postgres.close();
            folder.close();
            throw e;
        }
    }

    /** A provider on this disk. */
    static String disk(String id) {
        return entry(id, "local", "{path: " + id + "}");
    }

    /** One entry of {@code providers}. */
    static String entry(String id, String type, String settings) {
        return """
                  - id: %1$s
                    type: %2$s
                    labels: {region: %1$s, org: %1$s}
                    price: {storagePerGiBMonth: 0.01, currency: USD, asOf: 2026-11-20}
                    settings: %3$s
                """.formatted(id, type, settings);
    }

    private static Path configuration(Path folder, String url, String providers, int copies) throws IOException {
        Files.writeString(folder.resolve("policy.yaml"), """
                apiVersion: pinfold/v1
                kind: PolicySet
                metadata: {name: bench, revision: 1}
                classes:
                  all: {hot: {replicas: {min: 1, target: %d}}}
                rules:
                  - {name: all, match: {}, class: all}
                """.formatted(copies));
        Files.writeString(folder.resolve("database.url"), url);
        // For providers that want one.
        Files.writeString(folder.resolve("token"), "bench");
        Path file = folder.resolve("broker.yaml");
        Files.writeString(file, """
                listen: {port: 0}
                management: {port: 0}
                dataDirectory: %s
                database: {url: {file: database.url}}
                policy: {file: policy.yaml}
                providers:
                %s""".formatted(folder.resolve("data"), providers));
        return file;
    }

    private static String url(PgConnectOptions options) {
        return "postgresql://" + encoded(options.getUser()) + ":" + encoded(String.valueOf(options.getPassword())) + "@"
                + encoded(options.getHost()) + ":" + options.getPort() + "/" + encoded(options.getDatabase());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    URI uri() {
        return URI.create(broker.endpoint());
    }

    String url() {
        return url;
    }

    /** Its database, with as many connections as the broker has itself. */
    DatabaseConfig database() {
        return new DatabaseConfig(url, folder.path(), 12, 6, 0);
    }

    /** A token that may do everything, without limits. */
    String token(String tenant) {
        String text = Tokens.fresh();
        broker.tokens().ensureTenant(tenant).await();
        broker.tokens()
                .create(new NewToken(
                        UUID.randomUUID(),
                        tenant,
                        "bench-" + tenant,
                        Buffer.buffer(Tokens.hash(text)),
                        EnumSet.allOf(Scope.class),
                        1_000_000,
                        1_000_000_000L))
                .await();
        return text;
    }

    /** Content that nobody has: the broker places every pin and looks for the bytes while it is measured. */
    static String body() {
        byte[] random = new byte[16];
        ThreadLocalRandom.current().nextBytes(random);
        return "{\"cid\":\"" + Cid.of(Codec.RAW, random) + "\",\"name\":\"bench\",\"meta\":{\"app\":\"bench\"}}";
    }

    @Override
    public void close() throws IOException {
        broker.close();
        postgres.close();
        folder.close();
    }
}
