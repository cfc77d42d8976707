package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Cid;
import java.util.Optional;

/**
 * What a reader is going to read, so that sources can be asked for just that (trustless gateway specification:
 * {@code dag-scope}, {@code entity-bytes}).
 *
 * @param root the CID the reader named
 * @param path the path below it, without a slash at either end; empty for the root itself
 * @param scope how much below the path's end
 * @param bytes the part of a file that is wanted; empty means all of it. Implies {@link Scope#ENTITY}
 */
public record Want(Cid root, String path, Scope scope, Optional<ByteRange> bytes) {
    /** How much below the path's end is wanted. */
    public enum Scope {
        /** The block at the path's end alone. */
        BLOCK,
        /** The whole file, or the whole directory without what its entries name. */
        ENTITY,
        /** Everything that can be reached. */
        ALL
    }

    /**
     * A range as {@code entity-bytes} writes it.
     *
     * @param from the first byte; negative counts from the end of the file
     * @param to the last byte, inclusive; negative counts from the end; empty means to the end
     */
    public record ByteRange(long from, Optional<Long> to) {}

    /** The whole DAG below a root. */
    public static Want all(Cid root) {
        return new Want(root, "", Scope.ALL, Optional.empty());
    }
}
