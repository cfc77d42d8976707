package dev.pinfold.content.piece;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** However the payload comes and whoever computes, the piece is the same. */
class PieceHasherTest {
    private static final int SOME_SUBTREES = 3 * PieceHasher.SUBTREE + 12_345;

    @Property
    void small_payloads_have_the_commitment_of_the_definition(
            @ForAll @IntRange(max = 2000) int size, @ForAll long seed) {
        byte[] payload = random(size, seed);
        Piece piece = Payloads.piece(payload);
        assertThat(piece.commitment().bytes()).isEqualTo(byDefinition(payload, piece.size()));
        assertThat(piece.payload()).isEqualTo(size);
    }

    @Property(tries = 12)
    void any_portions_and_any_helpers_give_the_same_piece(
            @ForAll @IntRange(max = SOME_SUBTREES) int size, @ForAll long seed) {
        byte[] payload = random(size, seed);
        Piece whole = Payloads.piece(payload);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            assertThat(inPortions(PieceHasher.parallel(threads, 4), payload, seed))
                    .isEqualTo(whole);
        }
        assertThat(inPortions(PieceHasher.sequential(), payload, seed)).isEqualTo(whole);
        assertThat(inPortions(PieceHasher.parallel(Runnable::run, 1), payload, seed))
                .isEqualTo(whole);
    }

    @Test
    void an_executor_that_refuses_or_forgets_its_work_costs_time_only() {
        byte[] payload = random(SOME_SUBTREES, 5);
        Executor refuses = task -> {
            throw new RejectedExecutionException("full");
        };
        Deque<Runnable> forgotten = new ArrayDeque<>();
        assertThat(inPortions(PieceHasher.parallel(refuses, 2), payload, 1)).isEqualTo(Payloads.piece(payload));
        assertThat(inPortions(PieceHasher.parallel(forgotten::add, 2), payload, 1))
                .isEqualTo(Payloads.piece(payload));
        assertThat(forgotten).hasSize(3);
    }

    @Test
    void an_interrupt_is_kept_and_harms_no_commitment() {
        byte[] payload = random(SOME_SUBTREES, 6);
        Thread.currentThread().interrupt();
        Piece piece;
        boolean kept;
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            piece = inPortions(PieceHasher.parallel(threads, 2), payload, 2);
            kept = Thread.interrupted();
        }
        assertThat(kept).isTrue();
        assertThat(piece).isEqualTo(Payloads.piece(payload));
    }

    @Property
    void a_larger_piece_is_the_same_payload_with_zeros_after_it(
            @ForAll @IntRange(max = 5000) int size,
            @ForAll @IntRange(min = 2, max = 12) int height,
            @ForAll long seed) {
        byte[] payload = random(size, seed);
        PieceHasher hasher = PieceHasher.sequential();
        hasher.update(payload, 0, size);
        Piece piece = hasher.finish(new PieceSize(height));
        assertThat(piece.size()).isEqualTo(new PieceSize(height).max(PieceSize.ofPayload(size)));
        byte[] filled = Arrays.copyOf(payload, Math.toIntExact(piece.size().unpadded()));
        assertThat(Payloads.piece(filled).commitment()).isEqualTo(piece.commitment());
    }

    @Test
    void a_stream_is_passed_on_unchanged_while_it_is_hashed() throws IOException {
        byte[] payload = random(300_000, 7);
        ByteArrayOutputStream passed = new ByteArrayOutputStream();
        PieceHasher hasher = PieceHasher.sequential();
        try (PieceOutput out = new PieceOutput(passed, hasher)) {
            out.write(payload[0]);
            out.write(payload, 1, payload.length - 1);
        }
        assertThat(passed.toByteArray()).isEqualTo(payload);
        assertThat(hasher.finish()).isEqualTo(Payloads.piece(payload));
    }

    @Property
    void the_smallest_size_that_carries_a_payload_is_chosen(@ForAll @LongRange(max = 1L << 40) long payload) {
        PieceSize size = PieceSize.ofPayload(payload);
        assertThat(size.unpadded()).isGreaterThanOrEqualTo(payload);
        if (size.height() > PieceSize.MIN_HEIGHT) {
            assertThat(new PieceSize(size.height() - 1).unpadded()).isLessThan(payload);
        }
        assertThat(PieceSize.ofPadded(size.padded())).isEqualTo(size);
    }

    @Property
    void what_was_padded_can_be_taken_out_again(@ForAll @IntRange(min = 1, max = 9) int groups, @ForAll long seed) {
        byte[] payload = random(groups * Fr32.IN, seed);
        byte[] padded = new byte[groups * Fr32.OUT];
        Fr32.pad(payload, 0, padded, 0, groups);
        assertThat(Fr32.unpad(padded)).isEqualTo(payload);
    }

    private static Piece inPortions(PieceHasher hasher, byte[] payload, long seed) {
        Random random = new Random(seed);
        int at = 0;
        while (at < payload.length) {
            int take = Math.min(payload.length - at, 1 + random.nextInt(random.nextBoolean() ? 200 : 2_000_000));
            hasher.update(payload, at, take);
            at += take;
        }
        return hasher.finish();
    }

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** The text of the specification, word for word: the payload is one number, cut into 254 bits per leaf. */
    private static byte[] byDefinition(byte[] payload, PieceSize size) {
        byte[] reversed = new byte[payload.length];
        for (int i = 0; i < payload.length; i++) {
            reversed[payload.length - 1 - i] = payload[i];
        }
        BigInteger number = new BigInteger(1, reversed);
        BigInteger mask = BigInteger.ONE.shiftLeft(254).subtract(BigInteger.ONE);
        byte[][] level = new byte[1 << size.height()][];
        for (int leaf = 0; leaf < level.length; leaf++) {
            byte[] big = number.shiftRight(254 * leaf).and(mask).toByteArray();
            level[leaf] = new byte[32];
            for (int i = 0; i < big.length && i < 32; i++) {
                level[leaf][i] = big[big.length - 1 - i];
            }
        }
        while (level.length > 1) {
            byte[][] above = new byte[level.length / 2][];
            for (int i = 0; i < above.length; i++) {
                above[i] = truncated(level[2 * i], level[2 * i + 1]);
            }
            level = above;
        }
        return level[0];
    }

    private static byte[] truncated(byte[] left, byte[] right) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(left);
            byte[] node = digest.digest(right);
            node[31] &= 0x3f;
            return node;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
