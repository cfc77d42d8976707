package dev.pinfold.content.piece;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.content.ContentException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ranges of a piece's payload lead to its commitment, and nothing else does. */
class RangeProofTest {
    private final Random random = new Random(58);

    @SuppressWarnings("ArrayRecordComponent") // Read, never compared.
    private record Made(byte[] payload, Piece piece, List<Node> subtrees) {
        RangeProof proof(long offset, long length) throws IOException {
            return RangeProof.of(
                    piece,
                    subtrees,
                    (from, target, count) -> System.arraycopy(payload, (int) from, target, 0, count),
                    offset,
                    length);
        }

        byte[] range(long offset, long length) {
            return Arrays.copyOfRange(payload, (int) offset, (int) (offset + length));
        }
    }

    private Made made(int bytes, PieceSize atLeast) {
        byte[] payload = new byte[bytes];
        random.nextBytes(payload);
        PieceHasher hasher = PieceHasher.sequential();
        hasher.update(payload, 0, bytes);
        Piece piece = hasher.finish(atLeast);
        return new Made(payload, piece, hasher.subtrees());
    }

    private static Node leadsTo(RangeProof proof, byte[] bytes, PieceSize size) throws IOException {
        return proof.commitment(new ByteArrayInputStream(bytes), size);
    }

    @Test
    void every_range_of_a_small_piece_is_proven() throws IOException {
        Made made = made(700, new PieceSize(PieceSize.MIN_HEIGHT));
        for (int offset = 0; offset < 700; offset += 3) {
            for (int length = 1; offset + length <= 700; length += 41) {
                assertThat(leadsTo(made.proof(offset, length), made.range(offset, length), made.piece.size()))
                        .isEqualTo(made.piece.commitment());
            }
        }
    }

    @Test
    void ranges_of_a_piece_of_several_subtrees_are_proven_by_reading_little() throws IOException {
        int bytes = 3 * PieceHasher.SUBTREE + 12_345;
        Made made = made(bytes, new PieceSize(19));
        for (int i = 0; i < 200; i++) {
            int offset = random.nextInt(bytes);
            int length = 1 + random.nextInt(bytes - offset);
            long[] read = {0};
            RangeProof proof = RangeProof.of(
                    made.piece,
                    made.subtrees,
                    (from, target, count) -> {
                        read[0] += count;
                        System.arraycopy(made.payload, (int) from, target, 0, count);
                    },
                    offset,
                    length);
            assertThat(read[0]).isLessThan(3L * PieceHasher.SUBTREE);
            assertThat(leadsTo(proof, made.range(offset, length), made.piece.size()))
                    .isEqualTo(made.piece.commitment());
        }
    }

    @Test
    void other_bytes_another_place_or_another_size_lead_elsewhere() throws IOException {
        Made made = made(10_000, new PieceSize(PieceSize.MIN_HEIGHT));
        RangeProof proof = made.proof(1_000, 500);
        byte[] right = made.range(1_000, 500);
        Node commitment = made.piece.commitment();
        for (int bit = 0; bit < 500 * 8; bit += 7) {
            byte[] wrong = right.clone();
            wrong[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(leadsTo(proof, wrong, made.piece.size())).isNotEqualTo(commitment);
        }
        RangeProof moved = new RangeProof(1_000 + 127, 500, proof.before(), proof.after(), proof.left(), proof.right());
        assertThatThrownBy(() ->
                        assertThat(leadsTo(moved, right, made.piece.size())).isEqualTo(commitment))
                .isInstanceOfAny(AssertionError.class, ContentException.class);
        assertThatThrownBy(() -> assertThat(leadsTo(
                                proof, right, new PieceSize(made.piece.size().height() + 1)))
                        .isEqualTo(commitment))
                .isInstanceOfAny(AssertionError.class, ContentException.class);
    }

    @Test
    void a_changed_sibling_leads_elsewhere() throws IOException {
        Made made = made(10_000, new PieceSize(PieceSize.MIN_HEIGHT));
        RangeProof proof = made.proof(1_000, 500);
        for (int i = 0; i < proof.right().size(); i++) {
            List<Node> right = new ArrayList<>(proof.right());
            byte[] bytes = right.get(i).bytes();
            bytes[5] ^= 1;
            right.set(i, Node.of(bytes));
            RangeProof wrong = new RangeProof(1_000, 500, proof.before(), proof.after(), proof.left(), right);
            assertThat(leadsTo(wrong, made.range(1_000, 500), made.piece.size()))
                    .isNotEqualTo(made.piece.commitment());
        }
    }

    @Test
    void bytes_that_are_too_few_or_too_many_are_refused() throws IOException {
        Made made = made(10_000, new PieceSize(PieceSize.MIN_HEIGHT));
        RangeProof proof = made.proof(1_000, 500);
        assertThatThrownBy(() -> leadsTo(proof, made.range(1_000, 499), made.piece.size()))
                .isInstanceOf(ContentException.class)
                .hasMessageContaining("fewer");
        assertThatThrownBy(() -> leadsTo(proof, made.range(1_000, 501), made.piece.size()))
                .isInstanceOf(ContentException.class)
                .hasMessageContaining("more");
        assertThatThrownBy(() -> made.proof(9_999, 2)).isInstanceOf(IllegalArgumentException.class);
    }
}
