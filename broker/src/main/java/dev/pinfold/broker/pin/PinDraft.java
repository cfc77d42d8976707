package dev.pinfold.broker.pin;

import dev.pinfold.content.Cid;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks to be pinned, checked (PSA v1.0.0, schema Pin).
 *
 * @param cid the root
 * @param cidText the root exactly as the client wrote it, which is what it gets back
 * @param name 1..255 code points; null where none was given
 * @param origins at most 20 addresses that may have the content
 * @param meta what the client attached; null where nothing was given
 */
public record PinDraft(
        Cid cid,
        String cidText,
        @Nullable String name,
        List<String> origins,
        @Nullable Map<String, String> meta) {
    public PinDraft {
        origins = List.copyOf(origins);
        meta = meta == null ? null : Map.copyOf(meta);
    }
}
