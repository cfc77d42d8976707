package dev.pinfold.kit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pin as the upstream itself knows it, whatever its API says.
 *
 * @param requestId its id
 * @param cid the root as the client wrote it
 * @param name the name; null where none was given
 * @param meta metadata as given
 * @param origins origins as given
 * @param created when it was made
 * @param status {@code queued}, {@code pinning}, {@code pinned} or {@code failed}
 * @param removed whether it was deleted or replaced since
 */
public record PinTruth(
        String requestId,
        String cid,
        @Nullable String name,
        Map<String, String> meta,
        List<String> origins,
        Instant created,
        String status,
        boolean removed) {}
