package dev.pinfold.filecoin;

import static dev.pinfold.filecoin.Examples.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.filecoin.Cbor.Wrong;
import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CborTest {
    @ParameterizedTest
    @CsvSource({
        "0, 00",
        "23, 17",
        "24, 1818",
        "255, 18ff",
        "256, 190100",
        "65536, 1a00010000",
        "34359738368, 1b0000000800000000",
        "-1, 20",
        "-25, 3818",
        "-257, 390100"
    })
    void integers_have_the_shortest_head(long value, String bytes) throws Wrong {
        assertThat(hex(new CborOut().integer(value).toBytes())).isEqualTo(bytes);
        assertThat(CborIn.read(hex(bytes)).integer()).isEqualTo(value);
    }

    @Test
    void amounts_have_a_sign_byte_and_zero_is_empty() throws Wrong {
        assertThat(hex(new CborOut().amount(BigInteger.ZERO).toBytes())).isEqualTo("40");
        assertThat(hex(new CborOut().amount(new BigInteger("1600000000")).toBytes()))
                .isEqualTo("45005f5e1000");
        assertThat(hex(new CborOut().amount(BigInteger.valueOf(200)).toBytes())).isEqualTo("4200c8");
        assertThat(CborIn.read(hex("45005f5e1000")).amount()).isEqualTo(new BigInteger("1600000000"));
        assertThatThrownBy(() -> CborIn.read(hex("4201c8")).amount()).hasMessageContaining("negative");
        assertThatThrownBy(() -> new CborOut().amount(BigInteger.valueOf(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void every_amount_survives(@ForAll BigInteger value) throws Wrong {
        BigInteger amount = value.abs();
        assertThat(CborIn.read(new CborOut().amount(amount).toBytes()).amount()).isEqualTo(amount);
    }

    @Property
    void every_integer_survives(@ForAll long value) throws Wrong {
        assertThat(CborIn.read(new CborOut().integer(value).toBytes()).integer())
                .isEqualTo(value);
    }

    @Test
    void a_proposal_can_be_read_again() throws Wrong {
        Cbor proposal = CborIn.read(hex(Examples.PROPOSAL_HEX));
        assertThat(proposal.item(0).link()).isEqualTo(Examples.PIECE);
        assertThat(proposal.item(2).flag()).isFalse();
        assertThat(proposal.item(8).amount()).isEqualTo(new BigInteger("1600000000"));
        assertThat(proposal.items()).hasSize(11);
    }

    @ParameterizedTest
    @CsvSource({
        "1817, a long head for a short number",
        "9fff, an indefinite length",
        "5820aa, a string that ends early",
        "0000, bytes after the value",
        "c100, another tag than 42",
        "a2616100616100, a key twice",
        "a10000, a key that is no text",
        "f97c00, a float",
        "d82a4100, a link that is no CID",
        "61ff, a text that is not UTF-8",
        "9b7fffffffffffffff, an array longer than the bytes",
        "8181818181818181818181818181818181818100, nested too deeply",
        "1bffffffffffffffff, a number beyond 63 bits"
    })
    void what_is_not_strict_cbor_is_refused(String bytes, String why) {
        assertThatThrownBy(() -> CborIn.read(hex(bytes))).as(why).isInstanceOf(Wrong.class);
    }

    @Property(tries = 500)
    void no_bytes_lead_to_anything_but_a_value_or_a_refusal(@ForAll byte[] bytes) {
        try {
            assertThat(CborIn.read(bytes)).isNotNull();
        } catch (Wrong e) {
            assertThat(e).hasMessageNotContaining("null");
        }
    }

    @Test
    void fields_are_found_by_name_wherever_they_stand() throws Wrong {
        byte[] turned = new CborOut()
                .map(2)
                .text("Accepted")
                .flag(true)
                .text("Message")
                .text("")
                .toBytes();
        assertThat(Mk12Wire.verdict(turned).accepted()).isTrue();
        assertThatThrownBy(() -> Mk12Wire.verdict(new CborOut().map(0).toBytes()))
                .hasMessageContaining("Accepted is missing");
    }
}
