package dev.pinfold.broker.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.config.BrokerConfig.Access;
import dev.pinfold.broker.flow.Eventually;
import dev.pinfold.broker.pin.Caller;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Multihash;
import dev.pinfold.content.unixfs.Added;
import dev.pinfold.content.unixfs.UnixFsOptions;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may read what, and how much at once. */
class AccessTest {
    private final MemoryRetrieval blocks = new MemoryRetrieval();
    private final Added open = Tree.text(blocks, "open");
    private final Added denied = Tree.text(blocks, "denied");
    private final Cid root =
            Tree.directory(blocks, Map.of("open", open, "denied", denied)).cid();

    @TempDir
    Path folder;

    private static BrokerConfig.Gateway with(Access access, int maxReads) {
        return new BrokerConfig.Gateway(access, false, null, maxReads, 1024, 100, 1L << 30, Duration.ofHours(1));
    }

    @Test
    void with_tokens_only_those_who_have_one_may_read_and_shared_caches_keep_nothing() {
        Caller reader =
                new Caller(UUID.randomUUID(), "reader", 1, "default", EnumSet.of(Caller.Scope.PINS_READ), null, null);
        try (TestGateway gateway = TestGateway.over(
                blocks,
                with(Access.TOKEN, 10),
                hash -> Future.succeededFuture(
                        Arrays.equals(hash, sha256("right")) ? Optional.of(reader) : Optional.empty()))) {
            String path = "/ipfs/" + open.cid();
            assertThat(gateway.get(path).status()).isEqualTo(401);
            assertThat(gateway.get(path, "Authorization", "Bearer wrong").status())
                    .isEqualTo(401);
            TestGateway.Answer answer = gateway.get(path, "Authorization", "Bearer right");
            assertThat(answer.text()).isEqualTo("open");
            assertThat(answer.header("Cache-Control")).startsWith("private");
        }
    }

    private static byte[] sha256(String text) {
        return Multihash.sha256(text.getBytes(StandardCharsets.UTF_8)).digest();
    }

    @Test
    void what_is_denied_is_gone_wherever_it_is_met_and_a_changed_list_counts_without_a_restart() throws IOException {
        Path list = folder.resolve("denied");
        Files.writeString(list, "# nothing yet\n");
        try (TestGateway gateway = TestGateway.over(blocks, TestGateway.settings(list))) {
            assertThat(gateway.get("/ipfs/" + denied.cid()).status()).isEqualTo(200);
            Files.writeString(list, """
                    version: 1
                    name: test list
                    ---
                    /ipfs/%s reason=tests
                    /ipfs/%s/law* gateway_status=451
                    """.formatted(denied.cid(), root));
            Eventually.holds(
                    "the list is read again",
                    Duration.ofSeconds(30),
                    () -> gateway.get("/ipfs/" + denied.cid()).status() == 410);
            assertThat(gateway.get("/ipfs/" + root + "/denied").status()).isEqualTo(410);
            assertThat(gateway.get("/ipfs/" + root + "/denied?format=raw").status())
                    .isEqualTo(410);
            assertThat(gateway.get("/ipfs/" + root + "/lawsuit").status()).isEqualTo(451);
            assertThat(gateway.get("/ipfs/" + root + "/open").text()).isEqualTo("open");
            assertThat(gateway.get("/ipfs/" + root + "/").status()).isEqualTo(200);
            Files.writeString(list, "no rule at all, and longer than before: " + "x".repeat(300));
            assertThat(gateway.get("/ipfs/" + denied.cid()).status())
                    .as("a list that cannot be read leaves the last one in force")
                    .isEqualTo(410);
        }
    }

    @Test
    void a_double_hashed_rule_denies_the_path_it_was_made_of() throws IOException {
        Path list = folder.resolve("hashed");
        String path = denied.cid().canonical() + "/";
        Files.writeString(list, "//" + HexFormat.of().formatHex(sha256(path)) + "\n");
        try (TestGateway gateway = TestGateway.over(blocks, TestGateway.settings(list))) {
            assertThat(gateway.get("/ipfs/" + denied.cid()).status()).isEqualTo(410);
            assertThat(gateway.get("/ipfs/" + open.cid()).status()).isEqualTo(200);
        }
    }

    @Test
    void more_readers_than_allowed_are_asked_to_come_back() throws IOException {
        byte[] big = Tree.bytes(8 << 20, 5);
        Cid cid = Tree.file(blocks, big, UnixFsOptions.DEFAULT).cid();
        try (TestGateway gateway = TestGateway.over(blocks, with(Access.PUBLIC, 1));
                RawReader slow = RawReader.get(gateway.port(), "/ipfs/" + cid, "1.1")) {
            assertThat(slow.read(12)).asString(StandardCharsets.ISO_8859_1).isEqualTo("HTTP/1.1 200");
            TestGateway.Answer refused = gateway.get("/ipfs/" + open.cid());
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("Retry-After")).isNotEmpty();
            slow.leave();
            Eventually.holds(
                    "the reader who left is noticed",
                    Duration.ofSeconds(60),
                    () -> gateway.get("/ipfs/" + open.cid()).status() == 200);
        }
    }

    @Test
    void limits_of_a_read_end_it() {
        try (TestGateway gateway = TestGateway.over(
                blocks, new BrokerConfig.Gateway(Access.PUBLIC, false, null, 10, 16, 1, 4_000, Duration.ofHours(1)))) {
            assertThat(gateway.get("/ipfs/" + root + "/").status())
                    .as("two entries where one is listed")
                    .isEqualTo(422);
            Cid small = Tree.file(blocks, Tree.bytes(1_500, 1)).cid();
            assertThat(gateway.get("/ipfs/" + small).status()).isEqualTo(200);
            Cid large = Tree.file(blocks, Tree.bytes(5_000, 1)).cid();
            assertThat(gateway.get("/ipfs/" + large).status()).isEqualTo(422);
            assertThat(gateway.get("/ipfs/" + large, "Range", "bytes=4000-4099").status())
                    .as("a part that is small enough")
                    .isEqualTo(206);
        }
    }
}
