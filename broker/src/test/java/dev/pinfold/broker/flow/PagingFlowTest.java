package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.content.Cid;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pins posted by many clients at once list completely by every page size, none missing and none twice. */
class PagingFlowTest {
    private static final int PINS = 1200;

    @TempDir
    Path folder;

    @Test
    void twelve_hundred_pins_list_completely_by_every_page_size() {
        try (Companies companies = new Companies();
                BrokerUnderTest broker = BrokerUnderTest.in(folder)
                        .upstream(companies.open("alpha"))
                        .start()) {
            PinClient client = broker.client();
            List<Cid> roots = companies.offered(PINS);
            List<String> ids = Parallel.map(32, roots, client::pin);
            assertThat(new HashSet<>(ids)).hasSize(PINS);
            for (int size : new int[] {1000, 100, 10}) {
                List<JsonNode> walked = walk(client, size);
                assertThat(walked.stream().map(p -> p.get("requestid").textValue()))
                        .as("pages of %d", size)
                        .containsExactlyInAnyOrderElementsOf(ids);
                assertThat(walked.stream().map(p -> p.get("created").textValue()))
                        .as("created, pages of %d", size)
                        .doesNotHaveDuplicates()
                        .isSortedAccordingTo(java.util.Comparator.reverseOrder());
            }
        }
    }

    /** Walks as Kubo does: before = created of the last pin; ends when count is no more than the page holds. */
    private static List<JsonNode> walk(PinClient client, int size) {
        List<JsonNode> all = new ArrayList<>();
        String before = "";
        while (true) {
            JsonNode page = client.list("status=queued,pinning,pinned,failed&limit=" + size + before);
            int count = page.get("count").intValue();
            List<JsonNode> results = new ArrayList<>();
            page.get("results").forEach(results::add);
            assertThat(count).as("pins left, %d seen", all.size()).isEqualTo(PINS - all.size());
            assertThat(results).hasSize(Math.min(size, count));
            all.addAll(results);
            if (count <= results.size()) {
                return all;
            }
            before = "&before=" + results.getLast().get("created").textValue();
        }
    }
}
