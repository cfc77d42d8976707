package dev.pinfold.filecoin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pinfold.kit.filecoin.RecordingProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;

/** What was sent to a node or a storage provider. */
final class Recorder extends RecordingProxy {
    Recorder(URI target) {
        super(target);
    }

    /** The requests of JSON-RPC with this method. */
    List<JsonNode> calls(String method) {
        return sent.stream()
                .filter(each -> each.path().startsWith("/rpc/"))
                .map(each -> tree(each.body()))
                .filter(each -> each.path("method").asText().equals("Filecoin." + method))
                .toList();
    }

    private static JsonNode tree(byte[] body) {
        try {
            return new ObjectMapper().readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
