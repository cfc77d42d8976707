package dev.pinfold.content.unixfs;

import java.util.OptionalLong;

/** How much of a DAG below one block is meant. Source: trustless gateway specification, dag-scope and entity-bytes. */
public sealed interface Extent {
    /** The block alone. */
    record OneBlock() implements Extent {}

    /** The whole file, or the whole directory without what its entries name; the block alone for what is not UnixFS. */
    record Entity() implements Extent {}

    /**
     * The blocks of a file that hold a range of its bytes, and those that lead to them. For what is no file: as {@link
     * Entity}.
     *
     * @param from the first byte; negative counts from the end
     * @param to the last byte, inclusive; negative counts from the end; empty means to the end
     */
    record Bytes(long from, OptionalLong to) implements Extent {}

    /** Everything that can be reached. */
    record Everything() implements Extent {}
}
