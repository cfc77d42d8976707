package dev.pinfold.broker.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Archives made by others: every file in them comes out of the gateway with its published hash. */
class ValidFixturesTest {
    @Test
    void every_file_of_every_valid_archive_has_its_published_hash() {
        MemoryRetrieval blocks = new MemoryRetrieval();
        Shared.cars("fixtures/valid").forEach(blocks::load);
        List<String> wrong = new ArrayList<>();
        int files = 0;
        try (TestGateway gateway = TestGateway.over(blocks)) {
            for (JsonNode archive : Shared.list("fixtures/valid.json", "valid")) {
                List<JsonNode> all = new ArrayList<>();
                archive.path("files").forEach(all::add);
                if (archive.has("pathFile")) {
                    all.add(archive.get("pathFile"));
                }
                for (JsonNode file : all) {
                    if (file.has("sha256")) {
                        files++;
                        check(gateway, archive, file, wrong);
                    }
                }
            }
        }
        System.out.println(files + " files have their published hashes");
        assertThat(wrong).isEmpty();
        assertThat(files).isGreaterThan(600);
    }

    private static void check(TestGateway gateway, JsonNode archive, JsonNode file, List<String> wrong) {
        StringBuilder path =
                new StringBuilder("/ipfs/").append(archive.get("root").asText());
        for (String segment : file.get("path").asText().split("/", -1)) {
            path.append(segment.isEmpty() ? "" : "/" + Names.segment(segment));
        }
        TestGateway.Answer answer = gateway.get(path.toString());
        boolean right = answer.status() == 200
                && GatewayCasesTest.sha256(answer.body())
                        .equals(file.get("sha256").asText());
        if (!right) {
            wrong.add(archive.get("name").asText() + " " + path + " " + answer.status());
        }
    }
}
