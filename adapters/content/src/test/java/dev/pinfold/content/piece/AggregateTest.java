package dev.pinfold.content.piece;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Aggregates and the proofs that a piece is in one (FRC-0058). */
class AggregateTest {
    private static final Piece SMALL = Payloads.piece(Payloads.of("counter251", 1000));

    private record Expected(Piece piece, long offset, InclusionProof proof) {}

    @Test
    void an_aggregate_of_another_implementation_is_reproduced_with_every_proof() throws IOException {
        List<String[]> lines = vector();
        PieceSize size = PieceSize.ofPadded(Long.parseLong(lines.getFirst()[1]));
        List<Expected> expected = expected(lines);
        Aggregate aggregate =
                Aggregate.of(size, expected.stream().map(Expected::piece).toList());

        assertThat(aggregate.piece().cidV1()).isEqualTo(Cid.parse(lines.getFirst()[2]));
        assertThat(aggregate.piece().cidV2())
                .hasToString("bafkzcibcaaj2brnwmqgtjreh2r2hlngudbtcntqut6yvs3e3q7islncsvaed2ka");
        assertThat(Aggregate.indexEntries(size)).isEqualTo(128);
        for (int i = 0; i < expected.size(); i++) {
            Expected wanted = expected.get(i);
            assertThat(aggregate.segments().get(i).offset()).isEqualTo(wanted.offset());
            assertThat(aggregate.proof(i)).isEqualTo(wanted.proof());
            assertThat(wanted.proof()
                            .follow(wanted.piece().commitment(), wanted.piece().size()))
                    .isEqualTo(new InclusionProof.Inclusion(
                            aggregate.piece().commitment(),
                            size,
                            aggregate.segments().get(i)));
        }
    }

    private static List<Expected> expected(List<String[]> lines) {
        List<Expected> expected = new ArrayList<>();
        for (int i = 1; i < lines.size(); i += 3) {
            String[] segment = lines.get(i);
            Piece piece = Payloads.piece(Payloads.of("counter251", Integer.parseInt(segment[1])));
            assertThat(piece.cidV2()).hasToString(segment[3]);
            InclusionProof proof = new InclusionProof(path(lines.get(i + 1)), path(lines.get(i + 2)));
            expected.add(new Expected(piece, Long.parseLong(segment[2]), proof));
        }
        assertThat(expected).hasSize(5);
        return expected;
    }

    private static MerklePath path(String[] line) {
        List<Node> siblings = Arrays.stream(line, 2, line.length)
                .map(hex -> Node.of(HexFormat.of().parseHex(hex)))
                .toList();
        return new MerklePath(Long.parseLong(line[1]), siblings);
    }

    private static List<String[]> vector() throws IOException {
        try (InputStream in = AggregateTest.class.getResourceAsStream("/podsi-vector.txt")) {
            assertThat(in).isNotNull();
            String text = new String(in == null ? new byte[0] : in.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", -1))
                    .toList();
        }
    }

    @Property(tries = 20)
    void the_bytes_of_an_aggregate_have_its_commitment_and_every_piece_is_proven(
            @ForAll @IntRange(min = 1, max = 12) int count, @ForAll long seed) {
        Random random = new Random(seed);
        List<byte[]> payloads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            payloads.add(bytes(random, 1 + random.nextInt(20_000)));
        }
        PieceSize size = PieceSize.ofPadded(2L << 20);
        List<Piece> pieces = payloads.stream().map(Payloads::piece).toList();
        Aggregate aggregate = Aggregate.of(size, pieces);

        byte[] all = new byte[Math.toIntExact(size.unpadded())];
        for (int i = 0; i < count; i++) {
            int at = Math.toIntExact(aggregate.segments().get(i).payloadOffset());
            System.arraycopy(payloads.get(i), 0, all, at, payloads.get(i).length);
            assertThat(aggregate
                            .proof(i)
                            .proves(
                                    pieces.get(i).commitment(),
                                    pieces.get(i).size(),
                                    aggregate.piece().commitment(),
                                    size))
                    .isTrue();
        }
        byte[] index = aggregate.index();
        System.arraycopy(index, 0, all, Math.toIntExact(aggregate.indexPayloadOffset()), index.length);
        assertThat(Payloads.piece(all)).isEqualTo(aggregate.piece());
    }

    private static byte[] bytes(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    @Property
    void any_flipped_bit_of_a_proof_or_of_what_it_proves_fails(@ForAll long seed) {
        Random random = new Random(seed);
        PieceSize size = PieceSize.ofPadded(64 << 10);
        List<Piece> pieces = List.of(SMALL, Payloads.piece(bytes(random, 3000)), Payloads.piece(bytes(random, 200)));
        Aggregate aggregate = Aggregate.of(size, pieces);
        int i = random.nextInt(pieces.size());
        Piece piece = pieces.get(i);
        InclusionProof proof = aggregate.proof(i);
        Node root = aggregate.piece().commitment();

        assertThat(proof.proves(flipped(piece.commitment(), random), piece.size(), root, size))
                .isFalse();
        assertThat(proof.proves(piece.commitment(), piece.size(), flipped(root, random), size))
                .isFalse();
        assertThat(proof.proves(piece.commitment(), new PieceSize(piece.size().height() + 1), root, size))
                .isFalse();
        assertThat(new InclusionProof(flipped(proof.subtree(), random), proof.index())
                        .proves(piece.commitment(), piece.size(), root, size))
                .isFalse();
        assertThat(new InclusionProof(proof.subtree(), flipped(proof.index(), random))
                        .proves(piece.commitment(), piece.size(), root, size))
                .isFalse();
        assertThat(new InclusionProof(
                                proof.subtree(), aggregate.proof((i + 1) % 3).index())
                        .proves(piece.commitment(), piece.size(), root, size))
                .isFalse();
    }

    /** Flips one bit of the siblings or of the position. */
    private static MerklePath flipped(MerklePath path, Random random) {
        List<Node> siblings = new ArrayList<>(path.siblings());
        int at = random.nextInt(siblings.size() + 1);
        if (at == siblings.size()) {
            return new MerklePath(path.index() ^ (1L << random.nextInt(siblings.size())), siblings);
        }
        siblings.set(at, flipped(siblings.get(at), random));
        return new MerklePath(path.index(), siblings);
    }

    private static Node flipped(Node node, Random random) {
        byte[] bytes = node.bytes();
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return Node.of(bytes);
    }

    @Test
    void two_halves_do_not_fit_because_the_index_needs_a_place() {
        Piece half = Payloads.piece(Payloads.of("ff", 1000));
        assertThatThrownBy(() -> Aggregate.of(PieceSize.ofPadded(2048), List.of(half, half)))
                .isInstanceOf(ContentException.class)
                .hasMessageContaining("Piece 2 of 2 ends at 2048");
        assertThat(Aggregate.of(PieceSize.ofPadded(4096), List.of(half, half)).segments())
                .hasSize(2);
    }

    @Test
    void more_pieces_than_index_entries_are_refused() {
        Piece tiny = Payloads.piece(Payloads.of("ff", 100));
        assertThatThrownBy(() -> Aggregate.of(PieceSize.ofPadded(4096), List.of(tiny, tiny, tiny, tiny, tiny)))
                .hasMessageContaining("4 index entries, too few for 5 pieces");
    }

    @Test
    void a_proof_whose_paths_cannot_be_of_one_aggregate_is_refused() {
        Aggregate aggregate = Aggregate.of(PieceSize.ofPadded(1 << 20), List.of(SMALL, SMALL));
        InclusionProof proof = aggregate.proof(0);
        MerklePath shorter = new MerklePath(0, proof.subtree().siblings().subList(0, 3));
        assertThatThrownBy(() -> new InclusionProof(shorter, proof.index()).follow(SMALL.commitment(), SMALL.size()))
                .hasMessageContaining("not of one aggregate");
        assertThatThrownBy(() -> new MerklePath(8, shorter.siblings()))
                .hasMessageContaining("no node with the index 8");
        MerklePath outside = new MerklePath(0, proof.index().siblings());
        assertThatThrownBy(() -> new InclusionProof(proof.subtree(), outside).follow(SMALL.commitment(), SMALL.size()))
                .hasMessageContaining("not in the index");
    }
}
