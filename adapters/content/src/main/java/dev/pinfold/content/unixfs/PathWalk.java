package dev.pinfold.content.unixfs;

import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.ContentException.Kind;
import dev.pinfold.content.Verifier;
import dev.pinfold.content.dag.DagPath;
import dev.pinfold.content.dag.DagPath.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Follows a path from a root through everything that has names: UnixFS directories, plain or sharded, and the maps and
 * arrays of DAG-CBOR and DAG-JSON. Reads only the blocks on the way, the root first, and not the one the path ends at
 * unless a name must be looked for in it. Symbolic links are not followed. Not safe for use by several threads.
 */
public final class PathWalk {
    private static final int MAX_SEGMENTS = 256;

    private final BlockSource source;
    private final UnixFsReader reader;
    private final Verifier verifier = new Verifier();

    /** A walker over {@code source}. */
    public PathWalk(BlockSource source, UnixFsLimits limits) {
        this.source = source;
        this.reader = new UnixFsReader(source, limits);
    }

    /**
     * Where a path ends.
     *
     * @param cids the root, then what each link on the way led to; the last is the block in or at which the path ends
     * @param rest the segments that lead on inside that block to a value that is no link; usually empty
     */
    public record End(List<Cid> cids, List<String> rest) {
        /** Copies the lists. */
        public End {
            cids = List.copyOf(cids);
            rest = List.copyOf(rest);
        }

        /** The block in or at which the path ends. */
        public Cid target() {
            return cids.getLast();
        }
    }

    /**
     * Follows {@code segments}, which are names, not percent-encoded.
     *
     * @throws ContentException NOT_FOUND for a name that is not there or cannot be, INCOMPLETE for a missing block,
     *     TOO_LARGE for more than 256 segments, MALFORMED, HASH_MISMATCH
     * @throws IOException when the source fails
     */
    public End follow(Cid root, List<String> segments) throws IOException {
        if (segments.size() > MAX_SEGMENTS) {
            throw ContentException.tooLarge(
                    "The path has " + segments.size() + " segments; at most " + MAX_SEGMENTS + " are followed");
        }
        List<Cid> met = new ArrayList<>();
        met.add(root);
        int at = 0;
        while (at < segments.size()) {
            Cid here = met.getLast();
            List<String> left = segments.subList(at, segments.size());
            if (here.codec() != Codec.DAG_CBOR && here.codec() != Codec.DAG_JSON) {
                met.add(entry(here, left.getFirst()));
                at++;
                continue;
            }
            switch (DagPath.follow(here, source.block(here, verifier).bytes(), left)) {
                case Step.Link(Cid cid, int used)
                when used > 0 -> {
                    met.add(cid);
                    at += used;
                }
                // A block that is nothing but a link is passed through, as IPLD paths do.
                case Step.Link(Cid cid, int used) -> met.add(cid);
                case Step.Value value -> {
                    return new End(met, left);
                }
                case Step.Missing(int missing) -> throw notFound(here, left.get(missing));
            }
            if (met.size() > MAX_SEGMENTS) {
                throw ContentException.tooLarge("The path leads through more than " + MAX_SEGMENTS + " blocks");
            }
        }
        return new End(met, List.of());
    }

    private Cid entry(Cid directory, String name) throws IOException {
        if (name.equals(".") || name.equals("..") || name.indexOf('/') >= 0 || name.indexOf(0) >= 0) {
            throw notFound(directory, name);
        }
        try {
            Cid found = reader.find(directory, name);
            if (found != null) {
                return found;
            }
        } catch (ContentException e) {
            if (e.kind() != Kind.WRONG_TYPE) {
                throw e;
            }
        }
        throw notFound(directory, name);
    }

    private static ContentException notFound(Cid in, String name) {
        return new ContentException(
                Kind.NOT_FOUND, "There is no " + Names.shown(name.getBytes(StandardCharsets.UTF_8)) + " in " + in);
    }
}
