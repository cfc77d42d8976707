package dev.pinfold.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pinfold piece commp} against the public test data of another implementation. */
class PieceCommandTest {
    private static final String CC_255 = "baga6ea4seaqg7celu5y2iwbi2ra5koygvotxtzr5lj6vzvxi6gfub6mpa6niwpi";

    @TempDir
    Path folder;

    @Test
    void a_file_has_the_piece_cid_that_other_tools_give_it() throws IOException {
        Ran ran = Ran.pinfold("piece", "commp", file(255).toString());
        assertThat(ran.code()).isZero();
        assertThat(ran.out())
                .contains(CC_255)
                .contains("255 bytes")
                .contains("512 padded bytes (512 B), 50 % of it empty");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void json_says_both_cids_and_every_size() throws IOException {
        Ran ran = Ran.pinfold("piece", "commp", "--json", file(255).toString());
        assertThat(ran.json().path("pieceCidV1").asText()).isEqualTo(CC_255);
        assertThat(ran.json().path("pieceCid").asText()).startsWith("bafkzcib");
        assertThat(ran.json().path("payloadBytes").asLong()).isEqualTo(255);
        assertThat(ran.json().path("paddedBytes").asLong()).isEqualTo(512);
        assertThat(ran.json().path("paddingBytes").asLong()).isEqualTo(508 - 255);
    }

    @Test
    void standard_input_is_read_to_its_end() throws IOException {
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(Files.readAllBytes(file(255))));
            assertThat(Ran.pinfold("piece", "commp", "-").out()).contains(CC_255);
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void a_payload_that_other_tools_refuse_is_told() throws IOException {
        Ran ran = Ran.pinfold("piece", "commp", file(10).toString());
        assertThat(ran.code()).isZero();
        assertThat(ran.err()).contains("other tools refuse payloads below 65 bytes");
    }

    private Path file(int size) throws IOException {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) 0xcc);
        return Files.write(folder.resolve("payload-" + size), bytes);
    }
}
