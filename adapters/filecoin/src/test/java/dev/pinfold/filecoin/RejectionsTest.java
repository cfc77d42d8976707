package dev.pinfold.filecoin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.spi.deal.DealTrouble;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RejectionsTest {
    @ParameterizedTest
    @CsvSource({
        "PRICE, storage price per epoch less than asking price: 59 < 119",
        "PIECE_SIZE, piece size less than minimum required size: 128 < 256",
        "PIECE_SIZE, data doesn't fit in a sector",
        "PIECE_SIZE, Deal size is larger than the miner's sector size",
        "NOT_ACCEPTING, miner is not accepting online storage deals",
        "NOT_ACCEPTING, Libp2p is disabled for the provider",
        "FUNDS, clientMarketBalance.Available too small: not enough funds",
        "START, deal start epoch is too soon or deal already expired",
        "START, deal proposal start epoch 5 has already elapsed (at epoch 9)",
        "DATACAP, verified deal DataCap too small",
        "DATACAP, Allocation data CID does not match the piece CID",
        "OTHER, something else"
    })
    void a_reason_in_words_is_sorted(DealTrouble trouble, String words) {
        assertThat(Rejections.read(words)).isEqualTo(trouble);
    }
}
