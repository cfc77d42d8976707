package dev.pinfold.filecoin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pinfold.kit.documents.PublishedDocuments;
import java.io.IOException;

/** Documents that lie beside the checkout. A test that needs them is skipped, with a sentence, where they are not. */
final class Shared {
    private Shared() {}

    static JsonNode json(String name) throws IOException {
        return new ObjectMapper()
                .readTree(PublishedDocuments.require("data/" + name).encode());
    }
}
