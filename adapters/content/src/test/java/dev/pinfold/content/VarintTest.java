package dev.pinfold.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VarintTest {
    @ParameterizedTest
    @CsvSource({"0, 00", "1, 01", "127, 7f", "128, 8001", "255, ff01", "300, ac02", "16384, 808001"})
    void the_values_of_the_specification_are_written_and_read(long value, String hex) {
        assertThat(HexFormat.of().formatHex(Varint.encode(value))).isEqualTo(hex);
    }

    @Property
    void every_value_of_63_bits_reads_back(@ForAll @LongRange(min = 0) long value) {
        byte[] bytes = Varint.encode(value);
        assertThat(bytes).hasSize(Varint.size(value)).hasSizeLessThanOrEqualTo(Varint.MAX_BYTES);
        assertThat(Varint.read(bytes, 0, bytes.length, "x")).isEqualTo(value);
        assertThatThrownBy(() -> Varint.read(bytes, 0, bytes.length - 1, "x")).hasMessageContaining("end inside");
    }

    @Test
    void padded_and_endless_forms_are_refused() {
        byte[] padded = {(byte) 0x81, 0};
        assertThatThrownBy(() -> Varint.read(padded, 0, 2, "x")).hasMessageContaining("shortest form");
        byte[] endless = HexFormat.of().parseHex("ffffffffffffffffffffff01");
        assertThatThrownBy(() -> Varint.read(endless, 0, endless.length, "x")).hasMessageContaining("9 bytes");
    }
}
