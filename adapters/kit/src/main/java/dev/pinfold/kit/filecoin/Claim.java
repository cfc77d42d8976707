package dev.pinfold.kit.filecoin;

import io.vertx.core.json.JsonObject;

/** An allocation whose data a provider has sealed; it keeps the allocation's number. */
record Claim(Allocation allocation, long termStart, long sector) {
    JsonObject json() {
        return new JsonObject()
                .put("Provider", allocation.provider())
                .put("Client", allocation.client())
                .put("Data", Json.cid(allocation.data()))
                .put("Size", allocation.size())
                .put("TermMin", allocation.termMin())
                .put("TermMax", allocation.termMax())
                .put("TermStart", termStart)
                .put("Sector", sector);
    }
}
