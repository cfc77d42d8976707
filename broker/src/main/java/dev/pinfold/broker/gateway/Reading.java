package dev.pinfold.broker.gateway;

import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.unixfs.UnixFsLimits;
import dev.pinfold.content.unixfs.UnixFsReader;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All that answering one request needs.
 *
 * @param source the blocks, without those that are denied
 * @param hands how many blocks readers may hold
 */
record Reading(GatewayRequest request, BlockSource source, Reply reply, BrokerConfig.Gateway settings, Hands hands) {
    private static final String AGE = "max-age=29030400, immutable";

    DagLimits dagLimits() {
        DagLimits all = DagLimits.DEFAULT;
        return all.withSize(all.blocks(), settings.maxBytes())
                .withDepth(settings.maxDepth())
                .withTime(settings.maxTime());
    }

    UnixFsLimits unixFsLimits() {
        return new UnixFsLimits(settings.maxDepth(), settings.maxEntries(), settings.maxBytes());
    }

    UnixFsReader unixFs() {
        return new UnixFsReader(source, unixFsLimits());
    }

    BlockOutlet outlet() {
        return new BlockOutlet(source, reply, hands);
    }

    /** What every good answer says: what it is of, and that it never changes. */
    Map<String, String> headers(String roots, String etag) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Ipfs-Path", request.url());
        headers.put("X-Ipfs-Roots", roots);
        headers.put("ETag", etag);
        headers.put("Cache-Control", (open() ? "public, " : "private, ") + AGE);
        headers.put("X-Content-Type-Options", "nosniff");
        if (!request.formatInUrl()) {
            headers.put("Vary", "Accept");
            if (request.format() != Format.NATIVE) {
                String query = request.query();
                headers.put(
                        "Content-Location",
                        request.url() + "?format=" + request.format().word()
                                + (query == null || query.isEmpty() ? "" : "&" + query));
            }
        }
        return headers;
    }

    /** Whether everybody may read, so that shared caches may keep answers. */
    boolean open() {
        return settings.access() == BrokerConfig.Access.PUBLIC;
    }

    /** Answers 304 and returns true when the reader has this already. */
    boolean notModified(Map<String, String> headers, String etag) {
        boolean same = Etag.matches(request.headers().ifNoneMatch(), etag);
        if (same) {
            reply.finishWithoutBody(304, headers, -1);
        }
        return same;
    }
}
