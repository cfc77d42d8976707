package dev.pinfold.content.dag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.dag.DagPath.Step;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Paths inside of documents. */
class DagPathTest {
    private static final Cid TARGET = Cid.of(Codec.RAW, new byte[] {1});

    private static Step json(String text, String... segments) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return DagPath.follow(Cid.of(Codec.DAG_JSON, bytes), bytes, List.of(segments));
    }

    private static Step cbor(String hex, String... segments) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return DagPath.follow(Cid.of(Codec.DAG_CBOR, bytes), bytes, List.of(segments));
    }

    private static String link() {
        byte[] cid = TARGET.bytes();
        return "d82a58" + HexFormat.of().toHexDigits((byte) (cid.length + 1)) + "00"
                + HexFormat.of().formatHex(cid);
    }

    @Test
    void keys_and_indices_of_json_lead_to_links_values_or_nowhere() {
        String text = "{\"x\": {\"deep\": [0, \"s\", {\"/\": \"" + TARGET
                + "\"}, {\"a\": null}]}, \"b\": {\"/\": {\"bytes\": \"AA\"}}}";
        assertThat(json(text, "x", "deep", "2")).isEqualTo(new Step.Link(TARGET, 3));
        assertThat(json(text, "x", "deep", "2", "more", "path")).isEqualTo(new Step.Link(TARGET, 3));
        assertThat(json(text, "x", "deep")).isEqualTo(new Step.Value());
        assertThat(json(text, "x", "deep", "3", "a")).isEqualTo(new Step.Value());
        assertThat(json(text, "b")).isEqualTo(new Step.Value());
        assertThat(json(text, "x", "deep", "4")).isEqualTo(new Step.Missing(2));
        assertThat(json(text, "x", "deep", "01")).isEqualTo(new Step.Missing(2));
        assertThat(json(text, "x", "deep", "1", "y")).isEqualTo(new Step.Missing(3));
        assertThat(json(text, "y")).isEqualTo(new Step.Missing(0));
        assertThat(json("{\"/\": \"" + TARGET + "\"}", "any")).isEqualTo(new Step.Link(TARGET, 0));
        assertThat(json("{}", "any")).isEqualTo(new Step.Missing(0));
        assertThat(json("[]", "0")).isEqualTo(new Step.Missing(0));
    }

    @Test
    void keys_and_indices_of_cbor_lead_to_links_values_or_nowhere() {
        // {"a": {"skip": [1, 2], "l": [true, LINK]}, "z": 1}
        String text = "a2" + "6161" + "a2" + "64736b6970" + "820102" + "616c" + "82f5" + link() + "617a" + "01";
        assertThat(cbor(text, "a", "l", "1")).isEqualTo(new Step.Link(TARGET, 3));
        assertThat(cbor(text, "a", "l", "1", "on")).isEqualTo(new Step.Link(TARGET, 3));
        assertThat(cbor(text, "a", "l")).isEqualTo(new Step.Value());
        assertThat(cbor(text, "z")).isEqualTo(new Step.Value());
        assertThat(cbor(text, "z", "more")).isEqualTo(new Step.Missing(1));
        assertThat(cbor(text, "a", "l", "2")).isEqualTo(new Step.Missing(2));
        assertThat(cbor(text, "a", "none")).isEqualTo(new Step.Missing(1));
        assertThat(cbor(link())).isEqualTo(new Step.Link(TARGET, 0));
    }

    @Test
    void what_is_passed_over_may_be_nested_without_end() {
        String deep = "81".repeat(100_000) + "01";
        assertThat(cbor("a2" + "6161" + deep + "6162" + link(), "b")).isEqualTo(new Step.Link(TARGET, 1));
        String nested = "[".repeat(100_000) + "]".repeat(100_000);
        assertThat(json("{\"a\":" + nested + ",\"b\":1}", "b")).isEqualTo(new Step.Value());
    }

    @Test
    void broken_documents_and_codecs_without_inner_paths_are_refused() {
        assertThatThrownBy(() -> cbor("a16161", "a")).isInstanceOf(ContentException.class);
        assertThatThrownBy(() -> json("{\"a\"", "a")).isInstanceOf(ContentException.class);
        assertThatThrownBy(() -> DagPath.follow(TARGET, new byte[] {1}, List.of("a")))
                .isInstanceOfSatisfying(
                        ContentException.class, e -> assertThat(e.kind()).isEqualTo(ContentException.Kind.WRONG_TYPE));
    }
}
