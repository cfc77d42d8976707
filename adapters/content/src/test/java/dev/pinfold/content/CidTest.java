package dev.pinfold.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pinfold.content.ContentException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CidTest {
    private static final String HELLO_V1 = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
    private static final byte[] HELLO = "hello world".getBytes(StandardCharsets.UTF_8);

    @Test
    void the_cid_of_hello_world_is_the_published_one() {
        assertThat(Cid.of(Codec.RAW, HELLO)).hasToString(HELLO_V1);
    }

    @Test
    void the_empty_directory_has_its_well_known_names() {
        Cid v0 = Cid.parse("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn");
        assertThat(v0.version()).isZero();
        assertThat(v0.codec()).isEqualTo(Codec.DAG_PB);
        assertThat(v0.multihash().verifies(HexFormat.of().parseHex("0a020801"))).isTrue();
        assertThat(v0.canonical()).isEqualTo("bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354");
    }

    @Test
    void a_cidv0_and_its_cidv1_share_the_canonical_text_but_are_not_equal() {
        Cid v0 = Cid.parse("QmdEpb9cpa4KSiQdeMDguNxsVxGNeCydSy3brybpVm1m4K");
        Cid v1 = v0.toV1();
        assertThat(v1).isNotEqualTo(v0);
        assertThat(v1.multihash()).isEqualTo(v0.multihash());
        assertThat(v1.canonical()).isEqualTo(v0.canonical()).isEqualTo(v1.toString());
        assertThat(v0).hasToString("QmdEpb9cpa4KSiQdeMDguNxsVxGNeCydSy3brybpVm1m4K");
    }

    @ParameterizedTest
    @EnumSource(Multibase.class)
    void every_base_gives_a_text_that_reads_back(Multibase base) {
        Cid cid = Cid.parse(HELLO_V1);
        assertThat(Cid.parse(cid.text(base))).isEqualTo(cid);
    }

    @ParameterizedTest
    @CsvSource({
        "identity, bafkqaaa, 0",
        "identity, bafkqabiaaebagba, 5",
        "sha2-256, baga6ea4seaqes3nobte6ezpp4wqan2age2s5yxcatzotcvobhgcmv5wi2xh5mbi, 32"
    })
    void inline_and_piece_cids_are_read(String what, String text, int digest) {
        assertThat(what).isNotEmpty();
        assertThat(Cid.parse(text).multihash().digest()).hasSize(digest);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | The text is empty",
                "hello | Unknown multibase prefix 'h'",
                "/ipfs/bafkqaaa | Give the CID alone",
                "bafkqaaa/a.txt | Give the CID alone",
                "ipfs://bafkqaaa | Give the CID alone",
                "' bafkqaaa' | Remove the blanks",
                "BAFKQAAa | not a letter of base32 in upper case",
                "bAFKQAAA | not a letter of base32",
                "bafkqaa | cut",
                "bafkqaab | stray bits",
                "bafkqaaaa | too many",
                "bafkqaaaaa | cut",
                "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3N | some are missing",
                "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3N0 | Character '0'",
                "zQmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn | no multibase prefix",
                "bafkrebdm6ndzq | too weak",
                "f02551220b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9 | version 2",
                "f00551220b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9 | version 0",
                "f0155122 | cut",
                "f01551220b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcd | only 31 are left",
                "f01551221b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde900 | at most 32",
                "f0155920020b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9 | shortest form",
                "f01ffffffffffffffffff011220b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"
                        + " | longer than 9 bytes",
                "f015500ffffffffffffffff7f | at most 128",
                "f0155 | hash function: the bytes end",
                "f01 | CID codec: the bytes end"
            })
    void what_is_not_a_cid_is_refused_with_a_reason(String text, String reason) {
        ContentException refused = catchThrowableOfType(ContentException.class, () -> Cid.parse(text));
        assertThat(refused).hasMessageContaining(reason).hasMessageStartingWith("Not a CID: \"");
    }

    @Test
    void a_huge_text_is_refused_without_reading_it_and_shown_short() {
        ContentException refused =
                catchThrowableOfType(ContentException.class, () -> Cid.parse("z" + "2".repeat(1_000_000)));
        assertThat(refused).hasMessageContaining("1000001 characters");
        assertThat(refused.toString()).hasSizeLessThan(300);
    }

    @Test
    void control_characters_and_quotes_are_not_repeated_in_the_message() {
        ContentException refused =
                catchThrowableOfType(ContentException.class, () -> Cid.parse("b\"\n\u001b[31m\u00e9"));
        assertThat(refused.toString()).doesNotContain("\n", "\u001b", "\u00e9");
    }

    @Test
    void a_hash_that_cannot_be_checked_is_read_but_proves_nothing() {
        Cid piece = Cid.parse("baga6ea4seaqes3nobte6ezpp4wqan2age2s5yxcatzotcvobhgcmv5wi2xh5mbi");
        assertThat(piece.codec()).isEqualTo(Codec.FIL_COMMITMENT_UNSEALED);
        ContentException refused = catchThrowableOfType(ContentException.class, () -> Block.verified(piece, HELLO));
        assertThat(refused.kind()).isEqualTo(Kind.UNSUPPORTED);
        assertThat(refused).hasMessageContaining("0x1012");
    }

    @Property
    void binary_and_text_forms_read_back(@ForAll("cids") Cid cid) {
        assertThat(Cid.read(cid.bytes())).isEqualTo(cid).hasSameHashCodeAs(cid);
        assertThat(Cid.parse(cid.toString())).isEqualTo(cid);
        assertThat(cid.bytes()).hasSize(cid.size());
        assertThat(Cid.parse(cid.canonical())).isEqualTo(cid.toV1());
        for (Multibase base : Multibase.values()) {
            assertThat(Cid.parse(cid.text(base))).isEqualTo(cid.toV1());
        }
    }

    @Property
    void a_cut_or_lengthened_cid_is_never_read(@ForAll("cids") Cid cid, @ForAll byte extra) {
        byte[] bytes = cid.bytes();
        byte[] longer = java.util.Arrays.copyOf(bytes, bytes.length + 1);
        longer[bytes.length] = extra;
        assertThat(catchThrowableOfType(ContentException.class, () -> Cid.read(longer)))
                .isNotNull();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(bytes, length);
            assertThat(catchThrowableOfType(ContentException.class, () -> Cid.read(cut)))
                    .isNotNull();
        }
    }

    @Property
    void any_bytes_are_either_a_cid_that_writes_the_same_bytes_or_refused(@ForAll byte[] bytes) {
        try {
            assertThat(Cid.read(bytes).bytes()).isEqualTo(bytes);
        } catch (ContentException expected) {
            assertThat(expected).hasMessageMatching("(?s).{5,}");
        }
    }

    @Property
    void any_text_is_either_a_cid_or_refused_with_a_content_exception(@ForAll String text) {
        try {
            Cid.parse(text);
        } catch (ContentException expected) {
            assertThat(expected).hasMessageStartingWith("Not a CID: ");
        }
    }

    @Provide
    Arbitrary<Cid> cids() {
        Arbitrary<byte[]> content = Arbitraries.bytes().array(byte[].class).ofMaxSize(100);
        Arbitrary<Long> codecs = Arbitraries.longs().between(0, Long.MAX_VALUE);
        Arbitrary<Cid> v1 = Combinators.combine(codecs, content, Arbitraries.of(HashFunction.class))
                .as((codec, bytes, function) -> Cid.v1(codec, Multihash.of(function, bytes)));
        Arbitrary<Cid> v0 = content.map(bytes -> Cid.v0(Multihash.sha256(bytes)));
        return Arbitraries.oneOf(v1, v0);
    }
}
