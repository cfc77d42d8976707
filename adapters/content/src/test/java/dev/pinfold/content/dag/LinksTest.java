package dev.pinfold.content.dag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.ContentException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinksTest {
    private static final Cid A = Cid.of(Codec.RAW, new byte[] {1});
    private static final Cid B = Cid.parse("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn");

    @Property
    void a_dag_pb_node_reads_back_as_it_was_written_sorted_by_name(@ForAll("nodes") PbNode node) {
        byte[] bytes = node.write();
        PbNode read = PbNode.read(bytes);
        assertThat(read.links()).containsExactlyInAnyOrderElementsOf(node.links());
        assertThat(read.data()).isEqualTo(node.data());
        assertThat(read.write()).isEqualTo(bytes);
        assertThat(Links.of(Block.of(Codec.DAG_PB, bytes)))
                .isEqualTo(read.links().stream().map(PbLink::cid).toList());
    }

    @Property
    void a_cut_dag_pb_node_is_refused_or_shorter(@ForAll("nodes") PbNode node) {
        byte[] bytes = node.write();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            try {
                assertThat(PbNode.read(cut)).isNotEqualTo(PbNode.read(bytes));
            } catch (ContentException expected) {
                assertThat(expected.kind()).isIn(Kind.MALFORMED, Kind.INCOMPLETE);
            }
        }
    }

    @Property
    void any_bytes_are_read_or_refused_in_every_codec(@ForAll byte[] bytes) {
        for (long codec : new long[] {Codec.DAG_PB, Codec.DAG_CBOR, Codec.DAG_JSON, Codec.RAW}) {
            ContentException refused =
                    catchThrowableOfType(ContentException.class, () -> Links.of(Block.of(codec, bytes)));
            assertThat(refused == null
                            || refused.toString().contains("Block baf")
                            || refused.toString().contains("Block bagu"))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "08, unknown",
        "120a0a0800, short CID",
        "1a00, unknown field 3",
        "0a000a00, two parts",
        "0a0012260a2401551220" + "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a" + "0a00, two parts",
        "1202" + "1200, no hash",
        "12281800" + "0a2401551220" + "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a, order",
        "ffffffffffffffffffff01, too long",
        "0b, group"
    })
    void a_dag_pb_node_that_breaks_a_rule_is_refused(String hex, String rule) {
        assertThat(rule).isNotEmpty();
        assertThatThrownBy(() -> PbNode.read(HexFormat.of().parseHex(hex))).isInstanceOf(ContentException.class);
    }

    @Test
    void dag_cbor_links_are_found_in_order_at_any_depth() {
        byte[] header = DagCbor.writeRoots(List.of(A, B, A));
        assertThat(cbor(HexFormat.of().formatHex(header))).containsExactly(A, B, A);
        String link = "d82a" + "5825" + "00" + HexFormat.of().formatHex(A.bytes());
        assertThat(cbor("82" + link + "81a1616b" + link)).containsExactly(A, A);
    }

    @ParameterizedTest
    @CsvSource({
        "a0, ok",
        "80, ok",
        "f6, ok",
        "fb3ff8000000000000, ok",
        "1bffffffffffffffff, ok",
        "a1616101, ok",
        "9fff, indefinite",
        "1801, shortest",
        "190001, shortest",
        "1b0000000000000001, shortest",
        "f7, false",
        "f93c00, only",
        "fb7ff8000000000000, NaN",
        "c001, tag 0",
        "d82a4101, zero byte",
        "d82a01, byte string",
        "a10101, key",
        "8201, does not fit",
        "828101, end inside",
        "9b7fffffffffffffff, does not fit",
        "bb8000000000000000, does not fit",
        "5affffffff, does not fit",
        "61ff, UTF-8",
        "0000, after the value",
        "'', end inside"
    })
    void dag_cbor_is_read_strictly(String hex, String expected) {
        ContentException refused = catchThrowableOfType(ContentException.class, () -> cbor(hex));
        if (expected.equals("ok")) {
            assertThat(refused).isNull();
        } else {
            assertThat(refused).hasMessageContaining(expected);
        }
    }

    @Test
    void deep_nesting_ends_at_a_limit_and_not_in_a_stack_overflow() {
        byte[] deep = new byte[100_001];
        Arrays.fill(deep, (byte) 0x81);
        deep[100_000] = (byte) 0x80;
        assertThat(catchThrowableOfType(ContentException.class, () -> Links.of(Block.of(Codec.DAG_CBOR, deep)))
                        .kind())
                .isEqualTo(Kind.TOO_LARGE);
        byte[] json = "[".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        assertThat(catchThrowableOfType(ContentException.class, () -> Links.of(Block.of(Codec.DAG_JSON, json)))
                        .kind())
                .isEqualTo(Kind.TOO_LARGE);
    }

    @Test
    void dag_json_links_are_found_and_bytes_are_not_links() {
        String text = """
                {"a": {"/": "%s"}, "b": [1, -2.5e3, true, null, "x\\u0041\\n", {"/": {"bytes": "AQID"}}],
                 "c": {"d": {"\\/": "%s"}}, "e": {}, "f": []}
                """.formatted(A, B);
        assertThat(json(text)).containsExactly(A, B);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"/\": \"nonsense\"}",
                "{\"/\": 1}",
                "{\"/\": {\"x\": 1}}",
                "{\"/\": {\"bytes\": \"AQ\"}, \"b\": 1}",
                "{\"/\": {\"bytes\": \"AQ\", \"b\": 1}}",
                "{\"/\": {\"bytes\": 1}}",
                "{\"a\": 1,}",
                "[1,]",
                "[1 2]",
                "{\"a\" 1}",
                "{a: 1}",
                "01",
                "+1",
                "tru",
                "\"\\x\"",
                "\"unfinished",
                "1 2",
                "''",
                "[}",
                "{]"
            })
    void dag_json_that_breaks_a_rule_is_refused(String text) {
        assertThatThrownBy(() -> json(text)).isInstanceOf(ContentException.class);
    }

    @Test
    void links_of_an_unknown_codec_are_refused_and_leaf_codecs_have_none() {
        assertThat(Links.of(Block.of(Codec.RAW, new byte[] {1}))).isEmpty();
        assertThatThrownBy(() -> Links.of(Block.of(0x78, new byte[] {1}))).hasMessageContaining("codec 0x78");
    }

    private static List<Cid> cbor(String hex) {
        return Links.of(Block.of(Codec.DAG_CBOR, HexFormat.of().parseHex(hex)));
    }

    private static List<Cid> json(String text) {
        return Links.of(Block.of(Codec.DAG_JSON, text.getBytes(StandardCharsets.UTF_8)));
    }

    @Provide
    Arbitrary<PbNode> nodes() {
        Arbitrary<byte[]> names =
                Arbitraries.bytes().array(byte[].class).ofMaxSize(5).injectNull(0.2);
        Arbitrary<Long> sizes = Arbitraries.longs().between(-1, Long.MAX_VALUE);
        Arbitrary<PbLink> links =
                Combinators.combine(Arbitraries.of(A, B), names, sizes).as(PbLink::new);
        Arbitrary<byte[]> data =
                Arbitraries.bytes().array(byte[].class).ofMaxSize(20).injectNull(0.3);
        return Combinators.combine(links.list().ofMaxSize(6), data).as(PbNode::new);
    }
}
