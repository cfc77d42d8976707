package dev.pinfold.spi;

import dev.pinfold.content.Cid;
import org.jspecify.annotations.Nullable;

/**
 * Names an order that was given, or may have been given.
 *
 * @param key the order's key
 * @param cid the order's root
 * @param upstreamId the provider's own id (a PSA {@code requestid}, a deal id); null while it is not known
 */
public record OrderRef(String key, Cid cid, @Nullable String upstreamId) {}
