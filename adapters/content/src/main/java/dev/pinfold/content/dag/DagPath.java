package dev.pinfold.content.dag;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import java.util.List;

/**
 * Follows path segments inside one DAG-CBOR or DAG-JSON block: keys of maps, indices of arrays.
 *
 * <p>Iterative, and reads no further than the path leads. Source: IPLD data model, pathing.
 */
public final class DagPath {
    private DagPath() {}

    /** Where the segments lead. */
    public sealed interface Step {
        /**
         * To a link.
         *
         * @param cid what it points to
         * @param used how many segments led to it; the others go on from there
         */
        record Link(Cid cid, int used) implements Step {}

        /** To a value in this block that is no link. All segments are used. */
        record Value() implements Step {}

        /**
         * Nowhere.
         *
         * @param at index of the first segment that names nothing
         */
        record Missing(int at) implements Step {}
    }

    /**
     * Follows {@code segments} from the top of the block of {@code cid}.
     *
     * @throws ContentException MALFORMED when the block cannot be read, WRONG_TYPE for a codec without inner paths
     */
    public static Step follow(Cid cid, byte[] bytes, List<String> segments) {
        if (cid.codec() == Codec.DAG_CBOR) {
            return inCbor(new CborReader(bytes), segments);
        }
        if (cid.codec() == Codec.DAG_JSON) {
            return DagJson.follow(bytes, segments);
        }
        throw new ContentException(
                ContentException.Kind.WRONG_TYPE,
                "Block " + cid + " is " + Codec.name(cid.codec()) + ", so no path leads into it");
    }

    private static Step inCbor(CborReader in, List<String> segments) {
        int at = 0;
        while (true) {
            int major = in.head();
            if (major == CborReader.TAG) {
                return new Step.Link(in.link(), at);
            }
            if (at == segments.size()) {
                return new Step.Value();
            }
            boolean found = switch (major) {
                case CborReader.MAP -> seekKey(in, segments.get(at));
                case CborReader.ARRAY -> seekIndex(in, segments.get(at));
                default -> false;
            };
            if (!found) {
                return new Step.Missing(at);
            }
            at++;
        }
    }

    private static boolean seekKey(CborReader in, String wanted) {
        for (long left = in.argument(); left > 0; left--) {
            if (in.head() != CborReader.TEXT) {
                throw in.malformed("a map key must be a text");
            }
            if (in.text().equals(wanted)) {
                return true;
            }
            skip(in);
        }
        return false;
    }

    private static boolean seekIndex(CborReader in, String wanted) {
        long index = index(wanted);
        if (index < 0 || index >= in.argument()) {
            return false;
        }
        for (long before = index; before > 0; before--) {
            skip(in);
        }
        return true;
    }

    /** The index a segment writes; −1 when it is none. */
    static int index(String segment) {
        return segment.matches("0|[1-9][0-9]{0,8}") ? Integer.parseInt(segment) : -1;
    }

    private static void skip(CborReader in) {
        for (long pending = 1; pending > 0; pending--) {
            switch (in.head()) {
                case CborReader.BYTES, CborReader.TEXT -> in.skip();
                case CborReader.TAG -> in.link();
                case CborReader.ARRAY -> pending += in.argument();
                case CborReader.MAP -> pending += 2 * in.argument();
                default -> {
                    // Numbers and simple values are their heads.
                }
            }
        }
    }
}
