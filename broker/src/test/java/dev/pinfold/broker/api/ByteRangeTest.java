package dev.pinfold.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges as RFC 9110 reads them, of something with 100 bytes. */
class ByteRangeTest {
    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=0-99, 0, 100",
        "bytes=10-, 10, 90",
        "bytes=99-, 99, 1",
        "bytes=-1, 99, 1",
        "bytes=-500, 0, 100",
        "bytes=50-1000, 50, 50",
        "Bytes=5-9, 5, 5"
    })
    void a_range_is_cut_to_what_exists(String header, long first, long length) {
        assertThat(ByteRange.of(header, 100)).isEqualTo(new ByteRange.Part(first, length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=100-", "bytes=100-200", "bytes=-0", "bytes=999999999999999999-"})
    void a_range_of_which_nothing_exists_is_refused(String header) {
        assertThat(ByteRange.of(header, 100)).isEqualTo(new ByteRange.None());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes=-",
                "bytes=a-b",
                "bytes=0-1,3-4",
                "items=0-1",
                "bytes=9-5",
                "bytes=0-9999999999999999999"
            })
    void what_is_not_understood_is_ignored(String header) {
        assertThat(ByteRange.of(header, 100)).isEqualTo(new ByteRange.All());
    }

    @Test
    void an_entity_tag_matches_itself_weakly_or_any() {
        assertThat(ByteRange.matches("\"x\", W/\"y\"", "\"y\"")).isTrue();
        assertThat(ByteRange.matches("*", "\"y\"")).isTrue();
        assertThat(ByteRange.matches("\"x\"", "\"y\"")).isFalse();
        assertThat(ByteRange.matches(null, "\"y\"")).isFalse();
        assertThat(ByteRange.of(null, 100)).isEqualTo(new ByteRange.All());
    }
}
