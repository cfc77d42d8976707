package dev.pinfold.broker.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.broker.BrokerException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 3339 in and out. */
class TimesTest {
    @ParameterizedTest
    @CsvSource({
        "0,1970-01-01T00:00:00.000Z",
        "1785173548276,2026-07-27T17:32:28.276Z",
        "1785173548200,2026-07-27T17:32:28.200Z",
        "1785173548000,2026-07-27T17:32:28.000Z"
    })
    void times_go_out_in_utc_with_three_digits_always(long millis, String text) {
        assertThat(Times.text(millis)).isEqualTo(text);
        assertThat(Times.parse("before", text).toEpochMilli()).isEqualTo(millis);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-07-27T17:32:28Z",
        "2026-07-27T17:32:28.000Z",
        "2026-07-27T17:32:28.000000000Z",
        "2026-07-27t17:32:28z",
        "2026-07-27T17:32:28+00:00",
        "2026-07-27T17:32:28 00:00",
        "2026-07-27T17:32:28-00:00",
        "2026-07-27T23:02:28+05:30",
        "2026-07-27T23:02:28 05:30",
        "2026-07-27T09:32:28-08:00",
    })
    void every_way_of_writing_a_moment_is_read(String text) {
        assertThat(Times.parse("before", text)).isEqualTo(Instant.parse("2026-07-27T17:32:28Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "now", "2026-07-27", "17:32:28Z", "2026-07-27T17:32:28", "2026-02-30T00:00:00Z", "1785173548"
            })
    void other_text_is_refused_with_the_parameter_and_an_example(String text) {
        assertThatThrownBy(() -> Times.parse("after", text))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("'after'")
                .hasMessageContaining("2026-07-27T17:32:28.276Z");
    }

    @Test
    void moments_keep_their_nanoseconds() {
        assertThat(Times.parse("before", "2026-07-27T17:32:28.123456789Z"))
                .isEqualTo(Instant.parse("2026-07-27T17:32:28.123456789Z"));
    }
}
