package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.retrieval.FetchAttempt.Kind;
import dev.pinfold.broker.retrieval.FetchAttempt.Outcome;
import dev.pinfold.broker.retrieval.OutboundHttp.Answer;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.spi.ContentPath;
import dev.pinfold.spi.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Locale;

/** A trustless gateway: an origin that came with a pin, or one that the operator configured. */
record HttpSource(OutboundHttp http, String name, Kind kind, String address) implements FetchSource {
    private static final String CAR = "application/vnd.ipld.car";
    private static final String RAW = "application/vnd.ipld.raw";
    private static final String CAR_ACCEPT = CAR + ";version=1;order=dfs;dups=n";
    // Both ways of asking: the query wins where it is understood, and old gateways look at Accept only.
    private static final String CAR_QUERY = "?format=car&car-version=1&car-order=dfs&car-dups=n";
    private static final String RAW_QUERY = "?format=raw";

    @Override
    public boolean servesCars() {
        return true;
    }

    @Override
    public boolean servesBlocks() {
        return true;
    }

    @Override
    public boolean servesParts() {
        return true;
    }

    @Override
    public InputStream car(Cid cid, Deadline deadline) throws SourceTrouble {
        return car(cid, "", CAR_QUERY + "&dag-scope=all", deadline);
    }

    @Override
    public InputStream part(Cid root, String path, long from, long to, Deadline deadline) throws SourceTrouble {
        String end = to == Long.MAX_VALUE ? "*" : Long.toString(to);
        return car(
                root,
                ContentPath.inUrl(path),
                CAR_QUERY + "&dag-scope=entity&entity-bytes=" + from + ":" + end,
                deadline);
    }

    private InputStream car(Cid cid, String path, String query, Deadline deadline) throws SourceTrouble {
        Answer answer = get(cid + path, query, CAR_ACCEPT, deadline);
        try {
            requireFound(answer, true);
            if (!hasType(answer, CAR)) {
                throw new SourceTrouble(
                        Outcome.NOT_TRUSTLESS,
                        "asked for a CAR, it answered with '" + HostText.shown(answer.contentType()) + "'");
            }
            return answer.body();
        } catch (SourceTrouble e) {
            close(answer);
            throw e;
        }
    }

    @Override
    public byte[] block(Cid cid, Deadline deadline) throws SourceTrouble {
        Answer answer = get(cid.toString(), RAW_QUERY, RAW, deadline);
        try {
            requireFound(answer, false);
            byte[] bytes = answer.body().readNBytes(Block.MAX_SIZE + 1);
            boolean matches = bytes.length <= Block.MAX_SIZE
                    && (cid.multihash().function() == null || cid.multihash().verifies(bytes));
            // Some old gateways serve the file whatever is asked: they are of no use, but they do not lie.
            if (!matches && !hasType(answer, RAW)) {
                throw new SourceTrouble(
                        Outcome.NOT_TRUSTLESS,
                        "asked for a block, it answered with '" + HostText.shown(answer.contentType()) + "'");
            }
            if (bytes.length > Block.MAX_SIZE) {
                throw new SourceTrouble(Outcome.WRONG_BYTES, "block " + cid + " has more than 2 MiB");
            }
            return bytes;
        } catch (IOException e) {
            throw SourceTrouble.of(e);
        } finally {
            close(answer);
        }
    }

    private Answer get(String what, String query, String accept, Deadline deadline) throws SourceTrouble {
        try {
            URI base = OriginAddress.base(address);
            return http.get(URI.create(base + "/ipfs/" + what + query), accept, deadline);
        } catch (OriginAddress.NotHttp e) {
            throw new SourceTrouble(Outcome.NOT_HTTP, e.getMessage());
        } catch (OutboundRefused e) {
            throw new SourceTrouble(Outcome.REFUSED_BY_GUARD, e.getMessage());
        } catch (IOException e) {
            throw SourceTrouble.of(e);
        }
    }

    private static void requireFound(Answer answer, boolean car) throws SourceTrouble {
        int status = answer.status();
        if (status == 200) {
            return;
        }
        Outcome outcome = switch (status) {
            case 404, 410, 451 -> Outcome.NOT_FOUND;
            case 401, 403 -> Outcome.DENIED;
            case 429, 502, 503, 504 -> Outcome.BUSY;
            default -> status < 500 && car ? Outcome.NOT_TRUSTLESS : Outcome.UNREACHABLE;
        };
        throw new SourceTrouble(outcome, "it answered with status " + status);
    }

    private static boolean hasType(Answer answer, String type) {
        String sent = answer.contentType().toLowerCase(Locale.ROOT);
        return sent.equals(type) || sent.startsWith(type + ";") || sent.startsWith(type + " ");
    }

    private static void close(Answer answer) {
        try {
            answer.close();
        } catch (IOException e) {
            // The answer is given up either way.
        }
    }
}
