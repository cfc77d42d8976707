package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.car.CarHeader;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.car.CarWriter;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceCid;
import dev.pinfold.content.piece.PieceHasher;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.kit.Dag;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many pins share a piece, and each is had back from it by a range of its bytes. */
class PieceFlowTest {
    private static final int PINS = Boolean.getBoolean("pinfold.thorough") ? 10_000 : 500;
    private static final int PER_UPLOAD = 250;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path folder;

    private BrokerUnderTest broker(int targetKiB, String maxWait) {
        return BrokerUnderTest.in(folder)
                .local("hot")
                .local("spare")
                .local("vault", "tier: cold")
                .policy("""
                        apiVersion: pinfold/v1
                        kind: PolicySet
                        metadata: {name: test, revision: 1}
                        classes:
                          archive:
                            hot:
                              replicas: {min: 1, target: 1}
                              ack: {pinnedAt: 1, by: verified}
                            cold:
                              backend: lotus
                              replicas: {min: 1, target: 1}
                              aggregate: {minBytes: 1B, targetBytes: %dKiB, maxWait: %s}
                        rules:
                          - {name: everything, match: {}, class: archive}
                        """.formatted(targetKiB, maxWait))
                .start();
    }

    @Test
    void many_small_pins_become_a_handful_of_pieces_and_each_comes_back_by_range() throws Exception {
        try (BrokerUnderTest broker = broker(PINS / 5, PINS > 1000 ? "60s" : "4s")) {
            Map<String, byte[]> contents = upload(broker, 0, PINS);
            List<JsonNode> pieces = new ArrayList<>();
            Eventually.holds("all are in sealed pieces", PinClient.PATIENCE.multipliedBy(5), () -> {
                pieces.clear();
                pieces(broker).forEach(pieces::add);
                return pieces.stream()
                                .filter(p -> p.has("pieceCid"))
                                .mapToLong(p -> p.path("contents").asLong())
                                .sum()
                        == PINS;
            });
            assertThat(pieces.size()).isBetween(2, 12);
            int read = 0;
            long padded = 0;
            long waste = 0;
            for (JsonNode piece : pieces) {
                read += readBack(broker, piece, contents);
                padded += piece.path("paddedBytes").asLong();
                waste += piece.path("wasteBytes").asLong();
            }
            assertThat(read).isEqualTo(PINS);
            assertThat(waste).isBetween(0L, padded);
            System.out.println(PINS + " pins in " + pieces.size() + " pieces, each had back by range; " + padded
                    + " padded bytes, of which " + waste + " are waste: " + pieces);
        }
    }

    private static int readBack(BrokerUnderTest broker, JsonNode piece, Map<String, byte[]> contents) throws Exception {
        Piece named = ((PieceCid.V2) PieceCid.parse(piece.path("pieceCid").asText())).piece();
        byte[] whole = fetch(broker, piece.path("pieceCidV1").asText(), null).body();
        PieceHasher hasher = PieceHasher.sequential();
        hasher.update(whole, 0, whole.length);
        assertThat(hasher.finish(named.size())).isEqualTo(named);
        assertThat(piece.path("wastePercent").asInt()).isBetween(0, 99);
        JsonNode shown = broker.client()
                .send("GET", "/api/v1/pieces/" + piece.path("id").asText(), null)
                .json();
        int read = 0;
        for (JsonNode entry : shown.path("entries")) {
            long offset = entry.path("offset").asLong();
            long length = entry.path("length").asLong();
            HttpResponse<byte[]> part =
                    fetch(broker, piece.path("pieceCid").asText(), "bytes=" + offset + "-" + (offset + length - 1));
            assertThat(part.statusCode()).isEqualTo(206);
            String cid = entry.path("cid").asText();
            assertThat(onlyBlock(Cid.parse(cid), part.body())).isEqualTo(contents.get(cid));
            read++;
        }
        return read;
    }

    private static byte[] onlyBlock(Cid root, byte[] sections) throws IOException {
        ByteArrayOutputStream car = new ByteArrayOutputStream();
        car.writeBytes(CarHeader.of(List.of(root)).bytes());
        car.writeBytes(sections);
        CarReader reader = new CarReader(new ByteArrayInputStream(car.toByteArray()));
        Block block = reader.next();
        assertThat(block).isNotNull();
        assertThat(block == null ? null : block.cid()).isEqualTo(root);
        assertThat(reader.next()).isNull();
        return block == null ? new byte[0] : block.bytes();
    }

    @Test
    void a_pin_that_goes_before_its_bundle_is_sealed_takes_no_place_and_one_that_goes_later_is_waste()
            throws Exception {
        try (BrokerUnderTest broker = broker(64, "1h")) {
            upload(broker, 0, 20);
            Eventually.holds("all are in the open bundle", PinClient.PATIENCE, () -> contents(broker, "open") == 20);
            deletePins(broker, 5);
            Eventually.holds("five have left it", PinClient.PATIENCE, () -> contents(broker, "open") == 15);
            upload(broker, 1000, 400);
            Eventually.holds("it is full and sealed", PinClient.PATIENCE, () -> contents(broker, "sealed") > 100);
            JsonNode before = pieces(broker).get(pieces(broker).size() - 1);
            assertThat(before.path("removed").asInt()).isZero();
            deletePins(broker, 1000);
            Eventually.holds(
                    "nobody wants any of it, so no piece is left",
                    PinClient.PATIENCE.multipliedBy(3),
                    () -> pieces(broker).findValuesAsText("state").stream().allMatch("open"::equals)
                            && filesIn(broker) == 0);
        }
    }

    @Test
    void a_broker_that_was_stopped_before_it_wrote_a_piece_writes_it_after_its_start() throws Exception {
        try (BrokerUnderTest broker = broker(1024, "1s")) {
            Path folderOfPieces = broker.config().dataDirectory().resolve("pieces");
            Path obstacle = folderOfPieces.resolve("piece-1.car");
            Files.createDirectories(obstacle.resolve("in the way"));
            upload(broker, 0, 30);
            Eventually.holds(
                    "the first piece cannot be written",
                    PinClient.PATIENCE,
                    () -> broker.client()
                            .send("GET", "/api/v1/pieces/1", null)
                            .text()
                            .contains("its file cannot be written"));
            broker.stop();
            Files.delete(obstacle.resolve("in the way"));
            Files.delete(obstacle);
            Files.writeString(obstacle, "cut off");
            Files.writeString(folderOfPieces.resolve("work/piece-1.part"), "half");
            broker.start();
            Eventually.holds(
                    "it is sealed", PinClient.PATIENCE.multipliedBy(3), () -> contents(broker, "sealed") == 30);
            JsonNode piece =
                    broker.client().send("GET", "/api/v1/pieces/1", null).json();
            assertThat(Files.size(obstacle)).isEqualTo(piece.path("carBytes").asLong());
            assertThat(piece.path("closedBy").asText()).isEqualTo("age");
        }
    }

    @Test
    void a_piece_is_given_to_the_operator_whole_in_parts_or_not_at_all() throws Exception {
        try (BrokerUnderTest broker = broker(1024, "1s")) {
            upload(broker, 0, 10);
            Eventually.holds("all are sealed", PinClient.PATIENCE, () -> contents(broker, "sealed") == 10);
            JsonNode piece = pieces(broker).get(0);
            String cid = piece.path("pieceCid").asText();
            long size = piece.path("carBytes").asLong();
            HttpResponse<byte[]> whole = fetch(broker, cid, null);
            assertThat(whole.body()).hasSize(Math.toIntExact(size));
            assertThat(whole.headers().firstValue("etag")).contains("\"" + cid + "\"");
            assertThat(whole.headers().firstValue("accept-ranges")).contains("bytes");
            HttpResponse<byte[]> end = fetch(broker, cid, "bytes=-5");
            assertThat(end.headers().firstValue("content-range"))
                    .contains("bytes " + (size - 5) + "-" + (size - 1) + "/" + size);
            assertThat(fetch(broker, cid, "bytes=" + size + "-").statusCode()).isEqualTo(416);
            assertThat(send(broker, "HEAD", cid, broker.client().token(), Map.of())
                            .headers()
                            .firstValueAsLong("content-length"))
                    .hasValue(size);
            assertThat(send(broker, "GET", cid, broker.client().token(), Map.of("If-None-Match", "\"" + cid + "\""))
                            .statusCode())
                    .isEqualTo(304);
            assertThat(send(broker, "GET", cid, "pf_nobody", Map.of()).statusCode())
                    .isEqualTo(401);
            Piece other = new Piece(PieceCid.parse(cid).commitment(), PieceSize.ofPadded(1L << 40), 5);
            assertThat(fetch(broker, other.cidV2().toString(), null).statusCode())
                    .isEqualTo(404);
            assertThat(fetch(broker, "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku", null)
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void when_every_hot_copy_is_destroyed_the_content_comes_back_from_its_piece() throws Exception {
        Dag dag = Dag.file(11, 20, 3000);
        try (BrokerUnderTest broker = broker(1024, "1s")) {
            PinClient client = broker.client();
            String id = client.upload(dag);
            client.awaitReplicas(id, "verified", 1);
            String victim = client.providersIn(id, "verified").getFirst();
            Eventually.holds("it is in a piece", PinClient.PATIENCE, () -> contents(broker, "sealed") == 1);
            broker.stop();
            for (String gone : List.of("stores/hot", "stores/spare", "staging")) {
                remove(broker.config().dataDirectory().resolve(gone));
            }
            broker.start();
            client.await(
                    id,
                    "the copy was lost and made again",
                    pin -> client.events(id).contains("replica.lost " + victim)
                            && !client.providersIn(id, "verified").isEmpty());
            assertThat(client.car(dag.root())).isEqualTo(dag.car());
        }
    }

    private static void remove(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static JsonNode pieces(BrokerUnderTest broker) {
        return broker.client().send("GET", "/api/v1/pieces", null).json().path("pieces");
    }

    private static long contents(BrokerUnderTest broker, String state) {
        long sum = 0;
        for (JsonNode piece : pieces(broker)) {
            sum += piece.path("state").asText().equals(state)
                    ? piece.path("contents").asLong()
                    : 0;
        }
        return sum;
    }

    private static long filesIn(BrokerUnderTest broker) {
        String[] files =
                broker.config().dataDirectory().resolve("pieces").toFile().list((dir, name) -> name.endsWith(".car"));
        return files == null ? 0 : files.length;
    }

    private static void deletePins(BrokerUnderTest broker, int most) {
        JsonNode pins = broker.client()
                .send("GET", "/pins?status=queued,pinning,pinned&limit=" + most, null)
                .json();
        pins.path("results").forEach(pin -> {
            String id = pin.path("requestid").asText();
            assertThat(broker.client().send("DELETE", "/pins/" + id, null).status())
                    .isEqualTo(202);
        });
    }

    /** Uploads contents of one small block each, many roots per CAR; all are pinned by that. */
    private static Map<String, byte[]> upload(BrokerUnderTest broker, int from, int count) throws Exception {
        Map<String, byte[]> contents = new HashMap<>();
        for (int start = from; start < from + count; start += PER_UPLOAD) {
            List<Block> blocks = new ArrayList<>();
            for (int i = start; i < Math.min(start + PER_UPLOAD, from + count); i++) {
                byte[] bytes =
                        ("small content number " + i + " ").repeat(1 + i % 9).getBytes(StandardCharsets.UTF_8);
                blocks.add(Block.of(Codec.RAW, bytes));
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            CarWriter car = new CarWriter(out, blocks.stream().map(Block::cid).toList());
            for (Block block : blocks) {
                car.accept(block);
                contents.put(block.cid().toString(), block.bytes());
            }
            HttpRequest request = HttpRequest.newBuilder(URI.create(broker.endpoint() + "/api/v1/content"))
                    .header("Authorization", "Bearer " + broker.client().token())
                    .header("Content-Type", "application/vnd.ipld.car")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(out.toByteArray()))
                    .build();
            HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        }
        return contents;
    }

    private static HttpResponse<byte[]> fetch(
            BrokerUnderTest broker, String pieceCid, @org.jspecify.annotations.Nullable String range) throws Exception {
        return send(
                broker, "GET", pieceCid, broker.client().token(), range == null ? Map.of() : Map.of("Range", range));
    }

    private static HttpResponse<byte[]> send(
            BrokerUnderTest broker, String method, String pieceCid, String token, Map<String, String> headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(broker.endpoint() + "/piece/" + pieceCid))
                .header("Authorization", "Bearer " + token)
                .method(method, HttpRequest.BodyPublishers.noBody());
        headers.forEach(request::header);
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }
}
