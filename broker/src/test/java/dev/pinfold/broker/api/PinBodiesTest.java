package dev.pinfold.broker.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.pin.PinDraft;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Pin object of a request: what is taken as it is, what is left out, what is refused (the table of refusals is {@link BadInputTest}). */
class PinBodiesTest {
    private static final String CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

    private static PinDraft read(String json) {
        return PinBodies.read(json.getBytes(StandardCharsets.UTF_8), 3);
    }

    private static PinDraft with(String fields) {
        return read("{\"cid\":\"" + CID + "\"," + fields + "}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                CID,
                "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG",
                "BAFKREIGH2AKISCAILDCQABSYG3DFR6CHU3FGPREGIYMSCK7E7AQA4S52ZY",
                "bafkqac3imvwgy3zao5xxe3de",
                "bafkqaaa"
            })
    void a_cid_is_given_back_exactly_as_it_was_written(String cid) {
        PinDraft draft = read("{\"cid\":\"" + cid + "\"}");
        assertThat(draft.cidText()).isEqualTo(cid);
        assertThat(draft.cid()).isEqualTo(dev.pinfold.content.Cid.parse(cid));
    }

    @Test
    void everything_but_the_cid_may_be_missing_or_null() {
        PinDraft bare = read("{\"cid\":\"" + CID + "\"}");
        assertThat(bare.name()).isNull();
        assertThat(bare.meta()).isNull();
        assertThat(bare.origins()).isEmpty();
        assertThat(with("\"name\":null,\"meta\":null,\"origins\":null")).isEqualTo(bare);
    }

    @Test
    void fields_that_the_specification_does_not_name_are_ignored() {
        assertThat(with("\"pinned\":true,\"extra\":{\"a\":[1]}").name()).isNull();
    }

    @Test
    void an_empty_name_is_no_name() {
        assertThat(with("\"name\":\"\"").name()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"n,255", "é,255", "😀,255"})
    void a_name_may_have_255_code_points_of_any_kind(String letter, int times) {
        assertThat(with("\"name\":\"" + letter.repeat(times) + "\"").name()).isEqualTo(letter.repeat(times));
        assertThatThrownBy(() -> with("\"name\":\"" + letter.repeat(times + 1) + "\""))
                .isInstanceOfSatisfying(BrokerException.class, e -> {
                    assertThat(e.kind()).isEqualTo(ErrorKind.BAD_REQUEST);
                    assertThat(e.details()).contains("256", "at most 255");
                });
    }

    @Test
    void names_keep_their_form_whatever_they_hold() {
        for (String name : List.of("a/b", "\\\"", "+%2C,;", "e\\u0301", "\\u202eabc", "line\\nbreak", "\\t")) {
            assertThat(with("\"name\":\"" + name + "\"").name()).isEqualTo(parsed(name));
        }
    }

    private static String parsed(String escaped) {
        try {
            return Client.JSON.readTree("\"" + escaped + "\"").textValue();
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void origins_are_hints_of_which_the_first_20_different_ones_count() {
        String many = IntStream.range(0, 30)
                .mapToObj(i -> "\"/dns4/host" + i / 2 + "/tcp/1\"")
                .collect(Collectors.joining(","));
        assertThat(with("\"origins\":[" + many + "]").origins()).hasSize(15).doesNotHaveDuplicates();
        String different = IntStream.range(0, 30)
                .mapToObj(i -> "\"/dns4/host" + i + "/tcp/1\"")
                .collect(Collectors.joining(","));
        assertThat(with("\"origins\":[" + different + "]").origins())
                .hasSize(20)
                .startsWith("/dns4/host0/tcp/1")
                .endsWith("/dns4/host19/tcp/1");
        assertThat(with("\"origins\":[\"/quic-v9/what\",\"" + "x".repeat(2000) + "\",\"\"]")
                        .origins())
                .containsExactly("/quic-v9/what", "");
    }

    @Test
    void meta_holds_any_text_up_to_its_limits() {
        assertThat(with("\"meta\":{}").meta()).isEmpty();
        assertThat(with("\"meta\":{\"\":\"\",\"ключ\":\"значение\"}").meta())
                .isEqualTo(Map.of("", "", "ключ", "значение"));
        assertThat(with("\"meta\":{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}").meta())
                .hasSize(3);
        assertThatThrownBy(() -> with("\"meta\":{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\",\"d\":\"4\"}"))
                .hasMessageContaining("4 keys; at most 3");
    }

    @Test
    void a_syntax_error_is_reported_with_its_place_and_without_the_body() {
        assertThatThrownBy(() -> read("{\n  \"cid\": oops-secret }"))
                .hasMessageContaining("line 2, column")
                .message()
                .hasSizeLessThan(250);
    }
}
