package dev.pinfold.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BlockTest {
    private final Block block = Block.of(Codec.RAW, new byte[] {1, 2, 3});

    @Test
    void the_same_bytes_stay_proven_under_another_label() {
        Cid other = Cid.v1(Codec.DAG_PB, block.cid().multihash());
        assertThat(block.under(other).cid()).isEqualTo(other);
        assertThat(block.under(other).bytes()).isSameAs(block.bytes());
        assertThat(block.under(block.cid())).isSameAs(block);
    }

    @Test
    void no_block_gets_the_name_of_other_bytes() {
        Cid other = Cid.of(Codec.RAW, new byte[] {1, 2, 4});
        assertThatThrownBy(() -> block.under(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(other.toString());
    }
}
