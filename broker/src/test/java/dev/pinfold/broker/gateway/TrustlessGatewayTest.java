package dev.pinfold.broker.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.retrieval.RetrievalFailed;
import dev.pinfold.broker.retrieval.Want;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.unixfs.Added;
import dev.pinfold.content.unixfs.UnixFsReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Raw blocks and CARs, as clients read them that verify what they get; and how reads end that cannot be finished. */
class TrustlessGatewayTest {
    private final MemoryRetrieval blocks = new MemoryRetrieval();
    private final byte[] bytes = Tree.bytes(10_500, 11);
    private final Added file = Tree.file(blocks, bytes);
    private final Cid root = Tree.directory(
                    blocks, Map.of("dir", Tree.directory(blocks, Map.of("file", file, "same", file))))
            .cid();
    private final TestGateway gateway = TestGateway.over(blocks);

    @AfterEach
    void stop() {
        gateway.close();
    }

    private static List<Cid> cids(TestGateway.Answer answer) throws IOException {
        CarReader car = new CarReader(new ByteArrayInputStream(answer.body()));
        List<Cid> cids = new ArrayList<>();
        for (Block block = car.next(); block != null; block = car.next()) {
            cids.add(block.cid());
        }
        return cids;
    }

    private List<Cid> car(String path) throws IOException {
        TestGateway.Answer answer = gateway.get(path);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return cids(answer);
    }

    @Test
    void a_raw_block_comes_with_its_headers() {
        TestGateway.Answer raw = gateway.get("/ipfs/" + file.cid(), "Accept", "application/vnd.ipld.raw");
        assertThat(raw.body()).isEqualTo(blocks.bytes(file.cid()));
        assertThat(raw.header("Content-Type")).isEqualTo("application/vnd.ipld.raw");
        assertThat(raw.header("Content-Disposition")).isEqualTo("attachment; filename=\"" + file.cid() + ".bin\"");
        assertThat(raw.header("ETag")).isEqualTo("\"" + file.cid() + ".raw\"");
        assertThat(raw.header("Content-Location")).isEqualTo("/ipfs/" + file.cid() + "?format=raw");
        assertThat(raw.header("Vary")).isEqualTo("Accept");
    }

    @Test
    void the_format_of_the_url_wins_and_accept_still_says_how_a_car_is_wanted() throws IOException {
        TestGateway.Answer car = gateway.get(
                "/ipfs/" + root + "?format=car",
                "Accept",
                "application/vnd.ipld.raw, application/vnd.ipld.car; version=1; order=dfs; dups=y");
        assertThat(car.header("Content-Type")).isEqualTo("application/vnd.ipld.car; version=1; order=dfs; dups=y");
        // The same file twice, so each of its blocks is met twice.
        assertThat(cids(car)).filteredOn(file.cid()::equals).hasSize(2);
    }

    @Test
    void dups_y_repeats_what_is_met_twice_and_dups_n_does_not() throws IOException {
        List<Cid> once = car("/ipfs/" + root + "?format=car");
        assertThat(once).doesNotHaveDuplicates();
        List<Cid> twice = car("/ipfs/" + root + "?format=car&car-dups=y");
        assertThat(twice.size() - 2).isEqualTo(2 * (once.size() - 2));
    }

    @Test
    void scopes_select_what_they_say() throws IOException {
        assertThat(car("/ipfs/" + root + "/dir?format=car&dag-scope=block")).hasSize(2);
        assertThat(car("/ipfs/" + root + "/dir?format=car&dag-scope=entity")).hasSize(2);
        List<Cid> entity = car("/ipfs/" + root + "/dir/file?format=car&dag-scope=entity");
        assertThat(entity.getFirst()).isEqualTo(root);
        assertThat(entity).contains(file.cid()).isEqualTo(car("/ipfs/" + root + "/dir/file?format=car"));
    }

    @Test
    void a_byte_range_gives_the_fewest_blocks_from_which_it_can_be_read() throws IOException {
        for (String range : List.of("0:0", "999:1000", "5500:*", "-1:*", "-9999999:-1", "0:99999999", "4000:-4000")) {
            TestGateway.Answer answer =
                    gateway.get("/ipfs/" + file.cid() + "?format=car&dag-scope=entity&entity-bytes=" + range);
            MemoryRetrieval got = new MemoryRetrieval();
            CarReader car = new CarReader(new ByteArrayInputStream(answer.body()));
            for (Block block = car.next(); block != null; block = car.next()) {
                got.accept(block);
            }
            Want.ByteRange asked = CarParameters.bytes(range);
            long from = asked.from() < 0 ? Math.max(0, bytes.length + asked.from()) : asked.from();
            long last = asked.to().orElse(-1L);
            long to = Math.min(bytes.length, 1 + (last < 0 ? bytes.length + last : last));
            int size = new UnixFsReader(got::bytes)
                    .open(file.cid(), from, to).stream().readAllBytes().length;
            assertThat(size).as(range).isEqualTo((int) (to - from));
        }
        assertThat(car("/ipfs/" + file.cid() + "?format=car&entity-bytes=20000:30000"))
                .containsExactly(file.cid());
    }

    @Test
    void a_range_asks_sources_for_no_more() {
        assertThat(gateway.get("/ipfs/" + root + "/dir/file", "Range", "bytes=5-9")
                        .body())
                .isEqualTo(Arrays.copyOfRange(bytes, 5, 10));
        assertThat(blocks.wants().getLast())
                .isEqualTo(new Want(
                        root, "dir/file", Want.Scope.ENTITY, Optional.of(new Want.ByteRange(5, Optional.of(9L)))));
    }

    @Test
    void wrong_parameters_of_a_car_are_refused() {
        for (String wrong :
                List.of("car-order=up", "car-dups=maybe", "dag-scope=some", "entity-bytes=5", "entity-bytes=9:3")) {
            assertThat(gateway.get("/ipfs/" + root + "?format=car&" + wrong).status())
                    .as(wrong)
                    .isEqualTo(400);
        }
        assertThat(gateway.get("/ipfs/" + root + "?format=car&car-version=2").status())
                .isEqualTo(406);
        assertThat(gateway.get("/ipfs/" + root, "Accept", "application/vnd.ipld.car; version=2")
                        .status())
                .isEqualTo(406);
    }

    @Test
    void tags_of_cars_differ_with_what_is_in_them() {
        List<String> tags =
                List.of("", "&car-dups=y", "&dag-scope=block", "&dag-scope=entity", "&entity-bytes=0:5").stream()
                        .map(more -> gateway.send("HEAD", "/ipfs/" + root + "?format=car" + more)
                                .header("ETag"))
                        .toList();
        assertThat(tags).doesNotHaveDuplicates().allMatch(tag -> tag.length() > 2);
        assertThat(gateway.get("/ipfs/" + root + "?format=car", "If-None-Match", tags.getFirst())
                        .status())
                .isEqualTo(304);
    }

    @Test
    void the_empty_identity_block_probes_the_gateway() throws IOException {
        assertThat(gateway.get("/ipfs/bafkqaaa?format=raw").body()).isEmpty();
        assertThat(car("/ipfs/bafkqaaa?format=car")).isEmpty();
        assertThat(gateway.send("HEAD", "/ipfs/bafkqaaa?format=raw").status()).isEqualTo(200);
    }

    @Test
    void only_if_cached_answers_from_the_own_disk_or_not_at_all() {
        String absent = Cid.of(Codec.RAW, new byte[] {9, 9}).toString();
        assertThat(gateway.get("/ipfs/" + absent, "Cache-Control", "only-if-cached")
                        .status())
                .isEqualTo(412);
        assertThat(gateway.get("/ipfs/" + file.cid(), "Cache-Control", "only-if-cached")
                        .status())
                .isEqualTo(200);
        assertThat(gateway.get("/ipfs/" + absent + "?format=car").status()).isEqualTo(404);
        assertThat(gateway.send("HEAD", "/ipfs/" + absent + "?format=raw").status())
                .isEqualTo(404);
    }

    @Test
    void sources_that_failed_are_502_and_those_that_are_late_504_each_with_a_time_to_try_again() {
        blocks.fail(
                file.cid(),
                new RetrievalFailed(RetrievalFailed.Why.SOURCES_FAILED, "all said 500", Duration.ofSeconds(7)));
        TestGateway.Answer failed = gateway.get("/ipfs/" + file.cid());
        assertThat(failed.status()).isEqualTo(502);
        assertThat(failed.header("Retry-After")).isEqualTo("7");
        assertThat(failed.text()).contains("all said 500");
        blocks.fail(
                file.cid(),
                new RetrievalFailed(RetrievalFailed.Why.TIMED_OUT, "all were silent", Duration.ofSeconds(30)));
        assertThat(gateway.get("/ipfs/" + file.cid() + "?format=car").status()).isEqualTo(504);
        blocks.fail(file.cid(), new IOException("disk on fire"));
        assertThat(gateway.get("/ipfs/" + file.cid() + "?format=raw").status()).isEqualTo(502);
    }

    @Test
    void wrong_bytes_never_leave() {
        Cid leaf = Cid.of(Codec.RAW, Arrays.copyOf(bytes, Tree.CHUNK));
        blocks.put(leaf, new byte[Tree.CHUNK]);
        assertThat(gateway.get("/ipfs/" + leaf + "?format=raw").status()).isEqualTo(502);
        TestGateway.Answer answer = gateway.get("/ipfs/" + file.cid());
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.text()).contains("do not have this CID's sha2-256 hash");
    }

    @Test
    void a_car_or_a_file_that_cannot_be_finished_ends_as_a_reset_in_every_version_of_http() {
        // Far enough into the file that the head is out already.
        byte[] big = Tree.bytes(600_000, 3);
        Cid cid = Tree.file(blocks, big).cid();
        Cid late = Cid.of(Codec.RAW, Arrays.copyOfRange(big, 599_000, 600_000));
        blocks.remove(late);
        for (String version : List.of("1.0", "1.1")) {
            for (String path : List.of("/ipfs/" + cid, "/ipfs/" + cid + "?format=car")) {
                try (RawReader reader = RawReader.get(gateway.port(), path, version)) {
                    RawReader.End end = reader.toTheEnd();
                    assertThat(end.text()).startsWith("HTTP/1");
                    assertThat(end.text()).as("the head says 200").contains(" 200 ");
                    assertThat(end.clean()).as("%s %s", version, path).isFalse();
                }
            }
        }
        assertThat(blocks.open()).isZero();
    }

    @Test
    void what_is_proven_leaves_while_the_rest_is_still_awaited() throws IOException {
        Cid last = Cid.of(Codec.RAW, Arrays.copyOfRange(bytes, 10_000, 10_500));
        byte[] beforeIt = Arrays.copyOfRange(bytes, 9_000, 10_000);
        for (String path : List.of("/ipfs/" + file.cid(), "/ipfs/" + file.cid() + "?format=car")) {
            CountDownLatch come = new CountDownLatch(1);
            blocks.hold(last, come);
            try (RawReader reader = RawReader.get(gateway.port(), path, "1.1")) {
                String early = reader.until(new String(beforeIt, StandardCharsets.ISO_8859_1));
                assertThat(early).contains(" 200 ");
                come.countDown();
                reader.until(new String(bytes, 10_000, 500, StandardCharsets.ISO_8859_1));
            } finally {
                come.countDown();
            }
        }
    }
}
