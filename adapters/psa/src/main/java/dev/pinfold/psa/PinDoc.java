package dev.pinfold.psa;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A PinStatus as a company wrote it, as far as it could be read.
 *
 * @param requestId never empty
 * @param status as written; empty where it is missing
 * @param created as written, for {@code before}; null where it is missing
 * @param createdAt the same moment; null where it cannot be read
 * @param cid as written
 * @param name null where there is none
 */
record PinDoc(
        String requestId,
        String status,
        @Nullable String created,
        @Nullable Instant createdAt,
        String cid,
        @Nullable String name,
        Map<String, String> meta,
        List<String> delegates,
        Map<String, String> info) {}
