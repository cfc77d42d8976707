package dev.pinfold.filecoin;

import static dev.pinfold.filecoin.Examples.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.content.Varint;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @ParameterizedTest
    @CsvSource({
        "f01234, 00d209",
        "f00, 0000",
        "f1m5qpjpey25pqta4opbbi4bfv2rals7mfoa5t2ha, 016760f4bc98d75f09838e78428e04b5d440b97d85",
        "t17uoq6tp427uzv7fztkbsnn64iwotfrristwpryy, 01fd1d0f4dfcd7e99afcb99a8326b7dc459d32c628",
        "t24vg6ut43yw2h2jqydgbg2xq7x6f4kub3bg6as6i, 02e54dea4f9bc5b47d261819826d5e1fbf8bc5503b",
        "t3vvmn62lofvhjd2ugzca6sof2j2ubwok6cj4xxbfzz4yuxfkgobpihhd2thlanmsh3w2ptld2gqkn2jvlss4a, 03ad58df696e2d4e91ea86c881e"
                + "938ba4ea81b395e12797b84b9cf314b9546705e839c7a99d606b247ddb4f9ac7a3414dd",
        "f410f2oekwcmo2pueydmaq53eic2i62crtbeyuzx2gmy, 040ad388ab098ed3e84c0d808776440b48f685198498"
    })
    void known_addresses_have_their_known_bytes_and_texts(String text, String bytes) {
        Address address = Address.parse(text);
        assertThat(hex(address.bytes())).isEqualTo(bytes);
        assertThat(address.text(text.charAt(0))).isEqualTo(text);
        assertThat(Address.read(hex(bytes))).isEqualTo(address);
    }

    @Test
    void a_mistyped_letter_is_found_by_the_checksum() {
        assertThatThrownBy(() -> Address.parse("f1m5qpjpey25pqta4opbbi4bfv2rals7mfoa5t3ha"))
                .hasMessageContaining("mistyped");
        assertThatThrownBy(() -> Address.parse("f1n5qpjpey25pqta4opbbi4bfv2rals7mfoa5t2ha"))
                .hasMessageContaining("mistyped");
        assertThatThrownBy(() -> Address.parse("f410f2oekwcmo2pueydmaq53eic2i62crtbeyuzx3gmy"))
                .hasMessageContaining("mistyped");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "f", "f0", "f001", "x01234", "f51234", "f1", "f4f", "f0123456789012345678901", "F01234"})
    void what_is_no_address_is_refused_with_a_reason(String text) {
        assertThatThrownBy(() -> Address.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a Filecoin address");
    }

    @Test
    void the_letter_of_the_network_is_no_part_of_the_address() {
        assertThat(Address.parse("t01234")).isEqualTo(Address.parse("f01234"));
        assertThat(Address.parse("t01234").number()).isEqualTo(1234);
    }

    @Test
    void an_id_has_no_key_and_cannot_sign() {
        assertThat(Address.parse("f01234").isKey()).isFalse();
        assertThat(Address.parse(Examples.CLIENT).keyType()).isEqualTo("secp256k1");
        assertThatThrownBy(() -> Address.parse("f01234").keyType()).isInstanceOf(IllegalStateException.class);
    }

    @Property
    void every_id_survives_text_and_bytes(@ForAll @LongRange(min = 0) long id) {
        Address address = Address.ofId(id);
        assertThat(Address.parse("f0" + id)).isEqualTo(address);
        assertThat(Address.read(address.bytes()).number()).isEqualTo(id);
    }

    @Property
    void every_delegated_address_survives_text_and_bytes(
            @ForAll @LongRange(min = 0) long namespace, @ForAll @Size(min = 1, max = 54) byte[] sub) {
        byte[] head = Varint.encode(namespace);
        byte[] bytes = new byte[1 + head.length + sub.length];
        bytes[0] = 4;
        System.arraycopy(head, 0, bytes, 1, head.length);
        System.arraycopy(sub, 0, bytes, 1 + head.length, sub.length);
        Address address = Address.read(bytes);
        assertThat(Address.parse(address.text('f')).bytes()).isEqualTo(bytes);
    }
}
