package dev.pinfold.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultihashTest {
    @ParameterizedTest
    @CsvSource({
        "SHA2_256, 1220ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "SHA2_512, 1340ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
                + "454d4423643ce80e2a9ac94fa54ca49f",
        "BLAKE2B_256, a0e40220bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319",
        "IDENTITY, 0003616263"
    })
    void the_hashes_of_abc_are_the_published_ones(HashFunction function, String expected) {
        byte[] content = {'a', 'b', 'c'};
        assertThat(HexFormat.of().formatHex(Multihash.of(function, content).bytes()))
                .isEqualTo(expected);
    }

    @Property
    void feeding_in_pieces_gives_the_hash_of_the_whole(
            @ForAll HashFunction function,
            @ForAll @Size(max = 120) byte[] content,
            @ForAll @IntRange(max = 120) int cut) {
        int at = Math.min(cut, content.length);
        Hasher hasher = Hasher.of(function);
        hasher.update(content, 0, at);
        hasher.update(ByteBuffer.wrap(content, at, content.length - at).asReadOnlyBuffer());
        Multihash expected = Multihash.of(function, content);
        assertThat(hasher.finish()).isEqualTo(expected);
        assertThat(expected.verifies(content)).isTrue();
        assertThat(Multihash.read(expected.bytes())).isEqualTo(expected);
    }

    @Property
    void one_flipped_bit_is_noticed(
            @ForAll HashFunction function,
            @ForAll @Size(min = 1, max = 120) byte[] content,
            @ForAll @IntRange int bit) {
        Multihash expected = Multihash.of(function, content);
        byte[] flipped = content.clone();
        int at = Math.floorMod(bit, content.length * 8);
        flipped[at / 8] ^= (byte) (1 << at % 8);
        assertThat(expected.verifies(flipped)).isFalse();
        assertThat(expected.verifies(Arrays.copyOf(content, content.length + 1)))
                .isFalse();
        assertThat(expected.verifies(Arrays.copyOf(content, content.length - 1)))
                .isFalse();
    }

    @Test
    void a_digest_cut_to_twenty_bytes_still_proves_and_nineteen_do_not() {
        byte[] content = {1, 2, 3};
        byte[] whole = Multihash.sha256(content).digest();
        Multihash cut = Multihash.of(HashFunction.SHA2_256.code(), Arrays.copyOf(whole, 20));
        assertThat(cut.verifies(content)).isTrue();
        assertThat(cut.verifies(new byte[] {1, 2, 4})).isFalse();
        assertThatThrownBy(() -> Multihash.of(HashFunction.SHA2_256.code(), Arrays.copyOf(whole, 19)))
                .hasMessageContaining("too weak");
    }

    @Test
    void identity_carries_at_most_128_bytes() {
        assertThat(Multihash.of(HashFunction.IDENTITY, new byte[128]).verifies(new byte[128]))
                .isTrue();
        assertThat(Multihash.of(HashFunction.IDENTITY, new byte[128]).verifies(new byte[129]))
                .isFalse();
        assertThatThrownBy(() -> Multihash.of(HashFunction.IDENTITY, new byte[129]))
                .isInstanceOf(ContentException.class)
                .hasMessageContaining("128");
    }

    @Test
    void a_verifier_forgets_what_an_abandoned_hasher_was_fed() {
        byte[] content = {1, 2, 3};
        Multihash expected = Multihash.sha256(content);
        Verifier verifier = new Verifier();
        verifier.hasherFor(expected).update(content, 0, 2);
        assertThat(verifier.matches(expected, content, 0, 3)).isTrue();
    }
}
