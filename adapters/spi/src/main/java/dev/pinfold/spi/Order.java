package dev.pinfold.spi;

import dev.pinfold.content.Cid;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The wish that a provider holds the DAG below one CID.
 *
 * <p>The key is written to the broker's database before the provider hears of the order, and travels with it (as the
 * pin's name and in its metadata, where the provider keeps any). An order whose reply was lost is found again by it.
 *
 * @param key unique for ever, 1..64 characters of {@code [A-Za-z0-9-]}
 * @param cid the root; the whole DAG below it is meant
 * @param origins multiaddrs that are known to have the content, most useful first; may be empty
 * @param labels metadata to store with the pin, never anything a tenant wrote; may be empty
 * @param sizeBytes total size of the DAG's blocks where known
 */
public record Order(String key, Cid cid, List<String> origins, Map<String, String> labels, OptionalLong sizeBytes) {
    public Order {
        if (!key.matches("[A-Za-z0-9-]{1,64}")) {
            throw new IllegalArgumentException("order key must be 1..64 characters of [A-Za-z0-9-]: " + key);
        }
        origins = List.copyOf(origins);
        labels = Map.copyOf(labels);
    }

    /** Returns what is needed to find this order again while the provider's own id for it is not known. */
    public OrderRef ref() {
        return new OrderRef(key, cid, null);
    }
}
