package dev.pinfold.content.piece;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Multihash;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Piece CIDs are read in both versions, and what names no piece is refused in words. */
class PieceCidTest {
    @Property
    void version_2_says_all_and_version_1_with_the_payload_size_gives_version_2(
            @ForAll @IntRange(min = 2, max = 40) int height, @ForAll @LongRange(min = 0) long seed) {
        PieceSize size = new PieceSize(height);
        byte[] root = new byte[32];
        Random random = new Random(seed);
        random.nextBytes(root);
        Piece piece = new Piece(Node.of(root), size, random.nextLong(size.unpadded() + 1));

        assertThat(PieceCid.parse(piece.cidV2().toString())).isEqualTo(new PieceCid.V2(piece));
        assertThat(PieceCid.of(piece.cidV1())).isEqualTo(new PieceCid.V1(piece.commitment()));
        Piece again = new Piece(PieceCid.of(piece.cidV1()).commitment(), size, piece.payload());
        assertThat(again.cidV2()).isEqualTo(piece.cidV2());
        assertThat(PieceCid.of(piece.cidV2()).commitment()).isEqualTo(piece.commitment());
        assertThat(piece.cidV1().toString()).startsWith("baga6ea4seaq");
        assertThat(piece.cidV2().toString()).startsWith("bafkzcib");
    }

    @ParameterizedTest
    @CsvSource({
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku, names no Filecoin piece",
        "bafkzcib, Not a CID",
        "'', Not a CID"
    })
    void what_names_no_piece_is_refused(String text, String reason) {
        assertThatThrownBy(() -> PieceCid.parse(text))
                .isInstanceOf(ContentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void sizes_that_cannot_be_are_refused() {
        byte[] digest = new byte[34];
        digest[1] = 1;
        assertRefused(digest, "tree height of 1");
        digest[1] = 2;
        digest[0] = 127;
        assertThat(PieceCid.of(version2(digest))).isInstanceOf(PieceCid.V2.class);
        byte[] wide = new byte[35];
        wide[0] = (byte) 0x80;
        wide[1] = 1;
        wide[2] = 2;
        assertRefused(wide, "more padding (128)");
        assertRefused(Arrays.copyOf(digest, 33), "31 bytes where a commitment has 32");
        assertThatThrownBy(() -> PieceSize.ofPadded(100)).hasMessageContaining("power of two");
        assertThatThrownBy(() -> new Piece(ZeroNodes.at(2), new PieceSize(2), 128))
                .hasMessageContaining("carries 0 to 127 bytes");
    }

    private static void assertRefused(byte[] digest, String reason) {
        assertThatThrownBy(() -> PieceCid.of(version2(digest)))
                .isInstanceOf(ContentException.class)
                .hasMessageContaining(reason);
    }

    private static Cid version2(byte[] digest) {
        return Cid.v1(Codec.RAW, Multihash.of(Piece.FR32_SHA256_TRUNC254_PADBINTREE, digest));
    }
}
