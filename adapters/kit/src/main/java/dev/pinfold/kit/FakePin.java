package dev.pinfold.kit;

import dev.pinfold.content.Cid;
import dev.pinfold.spi.Observation;
import java.util.List;
import java.util.Map;

/**
 * An order as a {@link FakeProvider} keeps it.
 *
 * @param id the provider's id
 * @param key the order's key
 * @param cid the root
 * @param origins origins as given
 * @param labels labels as given
 * @param uploaded whether the content was handed over
 * @param observation the state that is told of it
 */
public record FakePin(
        String id,
        String key,
        Cid cid,
        List<String> origins,
        Map<String, String> labels,
        boolean uploaded,
        Observation observation) {
    FakePin with(Observation now) {
        return new FakePin(id, key, cid, origins, labels, uploaded, now);
    }
}
