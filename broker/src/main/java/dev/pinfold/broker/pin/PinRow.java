package dev.pinfold.broker.pin;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A pin as it is stored and shown. The four JSON texts go to the client as they are.
 *
 * @param requestId names the pin to its tenant
 * @param created milliseconds since 1970, unique per tenant
 * @param cid as the client wrote it
 */
public record PinRow(
        UUID requestId,
        long created,
        PinStatus status,
        String cid,
        @Nullable String name,
        String originsJson,
        @Nullable String metaJson,
        String infoJson,
        String delegatesJson) {}
