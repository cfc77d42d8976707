package dev.pinfold.broker.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.dag.PbNode;
import dev.pinfold.content.unixfs.Added;
import dev.pinfold.content.unixfs.UnixFsData;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Files, directories and documents as browsers read them. */
class PathGatewayTest {
    private static final MemoryRetrieval BLOCKS = new MemoryRetrieval();
    private static final byte[] BYTES = Tree.bytes(10_500, 7);
    private static final Added FILE = Tree.file(BLOCKS, BYTES);
    private static final Added NOTE = Tree.text(BLOCKS, "a note\n");
    private static final Added PAGE = Tree.text(BLOCKS, "<h1>site</h1>");
    private static final Added SITE = Tree.directory(BLOCKS, Map.of("index.html", PAGE));
    private static final Cid LINK = symlink("../elsewhere");
    private static final Cid ROOT = Tree.directory(
                    BLOCKS,
                    new TreeMap<>(Map.of(
                            "data.bin", FILE,
                            "ä b%.txt", NOTE,
                            "<i>.txt", NOTE,
                            "site", SITE,
                            "link", new Added(LINK, 0, 0))))
            .cid();
    private static final TestGateway GATEWAY = TestGateway.over(BLOCKS);

    private static Cid symlink(String target) {
        byte[] node = new PbNode(
                        List.of(),
                        UnixFsData.symlink(target.getBytes(StandardCharsets.UTF_8))
                                .write())
                .write();
        Cid cid = Cid.of(Codec.DAG_PB, node);
        BLOCKS.put(cid, node);
        return cid;
    }

    @AfterAll
    static void stop() {
        GATEWAY.close();
    }

    @Test
    void a_file_comes_whole_with_what_caches_need() {
        TestGateway.Answer answer = GATEWAY.get("/ipfs/" + ROOT + "/data.bin");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(BYTES);
        assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(answer.header("Content-Length")).isEqualTo("10500");
        assertThat(answer.header("ETag")).isEqualTo("\"" + FILE.cid() + "\"");
        assertThat(answer.header("Cache-Control")).isEqualTo("public, max-age=29030400, immutable");
        assertThat(answer.header("X-Ipfs-Path")).isEqualTo("/ipfs/" + ROOT + "/data.bin");
        assertThat(answer.header("X-Ipfs-Roots")).isEqualTo(ROOT + "," + FILE.cid());
    }

    @Test
    void every_range_of_a_file_in_many_blocks_is_right() {
        for (int from : new int[] {0, 1, 999, 1000, 1001, 5500, 10_499}) {
            for (int to : new int[] {0, 999, 1000, 5501, 10_499, 99_999}) {
                if (to < from) {
                    continue;
                }
                TestGateway.Answer answer = GATEWAY.get("/ipfs/" + FILE.cid(), "Range", "bytes=" + from + "-" + to);
                int last = Math.min(to, BYTES.length - 1);
                assertThat(answer.status()).as("%d-%d", from, to).isEqualTo(206);
                assertThat(answer.header("Content-Range")).isEqualTo("bytes " + from + "-" + last + "/10500");
                assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(BYTES, from, last + 1));
            }
        }
        assertThat(GATEWAY.get("/ipfs/" + FILE.cid(), "Range", "bytes=-3").body())
                .isEqualTo(Arrays.copyOfRange(BYTES, 10_497, 10_500));
        assertThat(GATEWAY.get("/ipfs/" + FILE.cid(), "Range", "bytes=10400-").body())
                .isEqualTo(Arrays.copyOfRange(BYTES, 10_400, 10_500));
    }

    @Test
    void a_range_outside_of_the_file_is_416_and_one_that_cannot_be_read_is_ignored() {
        TestGateway.Answer outside = GATEWAY.get("/ipfs/" + FILE.cid(), "Range", "bytes=10500-");
        assertThat(outside.status()).isEqualTo(416);
        assertThat(outside.header("Content-Range")).isEqualTo("bytes */10500");
        assertThat(GATEWAY.get("/ipfs/" + FILE.cid(), "Range", "lines=1-2").status())
                .isEqualTo(200);
        assertThat(GATEWAY.get("/ipfs/" + FILE.cid(), "Range", "bytes=0-4", "If-Range", "\"other\"")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_range_reads_only_the_blocks_it_needs() {
        int before = BLOCKS.asked();
        assertThat(GATEWAY.get("/ipfs/" + FILE.cid() + "?filename=x.bin", "Range", "bytes=5500-5600")
                        .status())
                .isEqualTo(206);
        // Twice the node on top, one below, one leaf.
        assertThat(BLOCKS.asked() - before).isLessThanOrEqualTo(5);
    }

    @Test
    void head_tells_the_same_as_get_without_a_body() {
        TestGateway.Answer answer = GATEWAY.send("HEAD", "/ipfs/" + ROOT + "/data.bin");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Length")).isEqualTo("10500");
        assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void what_a_reader_has_is_not_sent_again() {
        String tag = "\"" + FILE.cid() + "\"";
        for (String known : List.of(tag, "W/" + tag, "\"a\", " + tag, "*")) {
            TestGateway.Answer answer = GATEWAY.get("/ipfs/" + FILE.cid(), "If-None-Match", known);
            assertThat(answer.status()).as(known).isEqualTo(304);
            assertThat(answer.body()).isEmpty();
        }
        assertThat(GATEWAY.get("/ipfs/" + FILE.cid(), "If-None-Match", "\"b\"").status())
                .isEqualTo(200);
    }

    @Test
    void a_directory_is_redirected_to_its_slash_and_shows_its_index() {
        TestGateway.Answer redirect = GATEWAY.get("/ipfs/" + ROOT + "/site?a=b");
        assertThat(redirect.status()).isEqualTo(301);
        assertThat(redirect.header("Location")).isEqualTo("/ipfs/" + ROOT + "/site/?a=b");
        TestGateway.Answer index = GATEWAY.get("/ipfs/" + ROOT + "/site/");
        assertThat(index.text()).isEqualTo("<h1>site</h1>");
        assertThat(index.header("Content-Type")).startsWith("text/html");
        assertThat(index.header("ETag")).isEqualTo("\"" + SITE.cid() + "\"");
        assertThat(index.header("Content-Security-Policy"))
                .as("pages of content cannot reach what the broker's own pages keep")
                .startsWith("sandbox ");
    }

    @Test
    void a_listing_names_every_entry_and_escapes_what_names_hold() {
        TestGateway.Answer page = GATEWAY.get("/ipfs/" + ROOT + "/");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("ETag")).matches("\"DirIndex-.*_CID-" + ROOT + "\"");
        assertThat(page.text())
                .contains("Index of")
                .contains("href=\"/ipfs/" + ROOT + "/%C3%A4%20b%25.txt\">ä b%.txt</a>")
                .contains(">&lt;i&gt;.txt</a>")
                .contains(FILE.cid() + "?filename=data.bin")
                .contains("10.9 KiB")
                .doesNotContain("<i>")
                .doesNotContain(">..</a>");
        assertThat(GATEWAY.get("/ipfs/" + ROOT + "/", "If-None-Match", page.header("ETag"))
                        .status())
                .isEqualTo(304);
        assertThat(GATEWAY.get("/ipfs/" + ROOT + "/%C3%A4%20b%25.txt").text()).isEqualTo("a note\n");
    }

    @Test
    void a_sharded_directory_is_listed_in_the_order_of_names_and_looked_into() {
        TreeMap<String, Added> entries = new TreeMap<>();
        for (int i = 0; i < 6_000; i++) {
            entries.put("entry-with-a-rather-long-name-%05d.txt".formatted(i), NOTE);
        }
        Cid many = Tree.directory(BLOCKS, entries).cid();
        String page = GATEWAY.get("/ipfs/" + many + "/").text();
        assertThat(page.indexOf("name-00007.txt</a>")).isGreaterThan(page.indexOf("name-00006.txt</a>"));
        assertThat(page).contains("6000 entries");
        assertThat(GATEWAY.get("/ipfs/" + many + "/entry-with-a-rather-long-name-05999.txt")
                        .text())
                .isEqualTo("a note\n");
        assertThat(GATEWAY.get("/ipfs/" + many + "/entry-with-a-rather-long-name-06000.txt")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void a_symbolic_link_is_its_target_as_text_and_leads_nowhere() {
        TestGateway.Answer link = GATEWAY.get("/ipfs/" + ROOT + "/link");
        assertThat(link.text()).isEqualTo("../elsewhere");
        assertThat(link.header("Content-Type")).isEqualTo("inode/symlink");
        assertThat(GATEWAY.get("/ipfs/" + ROOT + "/link/x").status()).isEqualTo(404);
    }

    @Test
    void downloads_have_names_in_every_alphabet() {
        TestGateway.Answer named = GATEWAY.get("/ipfs/" + NOTE.cid() + "?filename=na%C3%AFve%22.txt");
        assertThat(named.header("Content-Disposition"))
                .isEqualTo("inline; filename=\"na_ve_.txt\"; filename*=UTF-8''na%C3%AFve%22.txt");
        assertThat(named.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
        assertThat(GATEWAY.get("/ipfs/" + ROOT + "/data.bin?download=true").header("Content-Disposition"))
                .isEqualTo("attachment; filename=\"data.bin\"");
    }

    @Test
    void documents_are_served_as_they_are_and_never_converted() {
        Cid json = Tree.block(BLOCKS, Codec.DAG_JSON, "{\"a\":{\"b\":[1,{\"/\":\"" + NOTE.cid() + "\"}]}}");
        TestGateway.Answer document = GATEWAY.get("/ipfs/" + json);
        assertThat(document.header("Content-Type")).isEqualTo("application/vnd.ipld.dag-json");
        assertThat(document.header("ETag")).isEqualTo("\"" + json + ".dag-json\"");
        assertThat(document.header("Content-Disposition")).isEqualTo("inline; filename=\"" + json + ".json\"");
        assertThat(GATEWAY.get("/ipfs/" + json + "?format=json").header("Content-Type"))
                .isEqualTo("application/json");
        assertThat(GATEWAY.get("/ipfs/" + json + "?format=dag-cbor").status()).isEqualTo(406);
        assertThat(GATEWAY.get("/ipfs/" + json + "/a/b/1").text()).isEqualTo("a note\n");
        assertThat(GATEWAY.get("/ipfs/" + json + "/a/b").status()).isEqualTo(501);
        assertThat(GATEWAY.get("/ipfs/" + json + "/a/c").status()).isEqualTo(404);
        assertThat(GATEWAY.get("/ipfs/" + NOTE.cid() + "?format=dag-json").status())
                .isEqualTo(406);
        Cid plain = Tree.block(BLOCKS, Codec.JSON, "{}");
        assertThat(GATEWAY.get("/ipfs/" + plain).header("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void the_type_of_a_file_without_a_name_is_that_of_its_first_bytes() {
        Map<String, String> types = Map.of(
                "{\"a\": 1}", "application/json",
                "{not json}", "text/plain; charset=utf-8",
                "<!doctype html><p>", "text/html; charset=utf-8",
                "%PDF-1.7 …", "application/pdf",
                "\u0000\u0001\u0002", "application/octet-stream",
                "plain words", "text/plain; charset=utf-8");
        types.forEach((text, type) -> assertThat(
                        GATEWAY.get("/ipfs/" + Tree.text(BLOCKS, text).cid()).header("Content-Type"))
                .as(text)
                .isEqualTo(type));
    }

    @Test
    void wrong_requests_are_told_what_is_wrong() {
        assertThat(GATEWAY.get("/ipfs/not-a-cid").status()).isEqualTo(400);
        assertThat(GATEWAY.get("/ipfs/").status()).isEqualTo(400);
        assertThat(GATEWAY.get("/ipfs/" + ROOT + "/%FF").status()).isEqualTo(400);
        assertThat(GATEWAY.get("/ipfs/" + ROOT + "?format=bogus").status()).isEqualTo(400);
        assertThat(GATEWAY.get("/ipfs/" + ROOT + "?format=tar").status()).isEqualTo(406);
        assertThat(GATEWAY.get("/ipfs/" + ROOT, "Service-Worker", "script").status())
                .isEqualTo(400);
        TestGateway.Answer post = GATEWAY.send("POST", "/ipfs/" + ROOT);
        assertThat(post.status()).isEqualTo(405);
        assertThat(post.header("Allow")).isEqualTo("GET, HEAD");
        TestGateway.Answer nothing = GATEWAY.get("/ipfs/" + ROOT + "/nothing");
        assertThat(nothing.status()).isEqualTo(404);
        assertThat(nothing.text()).contains("There is no \\\"nothing\\\" in " + ROOT);
        assertThat(GATEWAY.get("/ipfs/" + ROOT + "/data.bin/more").status()).isEqualTo(404);
        assertThat(GATEWAY.get("/ipfs/" + ROOT + "/..%2Fetc").status()).isEqualTo(404);
    }

    @Test
    void web_pages_of_any_origin_may_read() {
        TestGateway.Answer answer = GATEWAY.get("/ipfs/" + NOTE.cid(), "Origin", "https://app.example");
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(answer.header("Access-Control-Expose-Headers"))
                .containsIgnoringCase("X-Ipfs-Roots")
                .containsIgnoringCase("Content-Range");
    }
}
