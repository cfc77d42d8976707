package dev.pinfold.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A receipt is checked without a broker; what is none is refused with a sentence. */
class DealCommandTest {
    @TempDir
    Path folder;

    @Test
    void what_is_no_receipt_or_was_changed_is_refused_with_a_sentence_and_exit_code_1() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "no JSON");
        Ran ran = Ran.pinfold("deal", "verify", text.toString());
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("does not hold").contains("no JSON document");
        Path other = Files.writeString(folder.resolve("other"), "{\"receipt\":\"pinfold/receipt/v9\"}");
        assertThat(Ran.pinfold("deal", "verify", other.toString()).err()).contains("pinfold/receipt/v1");
        Path unsigned =
                Files.writeString(folder.resolve("unsigned"), "{\"receipt\":\"pinfold/receipt/v1\",\"broker\":\"x\"}");
        Ran refused = Ran.pinfold("deal", "verify", unsigned.toString(), "--json");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.out()).contains("\"holds\" : false").contains("signature");
    }

    @Test
    void a_file_that_cannot_be_read_is_wrong_usage() {
        Ran ran = Ran.pinfold("deal", "verify", folder.resolve("nowhere").toString());
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("nowhere");
    }
}
