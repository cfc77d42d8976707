package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import io.vertx.core.json.JsonObject;

/**
 * DataCap that a client has set aside for one piece at one provider.
 *
 * @param client the client's actor number
 * @param provider the provider's actor number
 * @param size padded bytes
 * @param expiration the epoch after which an allocation nobody claimed goes back
 */
record Allocation(
        long id, long client, long provider, Cid data, long size, long termMin, long termMax, long expiration) {
    JsonObject json() {
        return new JsonObject()
                .put("Client", client)
                .put("Provider", provider)
                .put("Data", Json.cid(data))
                .put("Size", size)
                .put("TermMin", termMin)
                .put("TermMax", termMax)
                .put("Expiration", expiration);
    }
}
