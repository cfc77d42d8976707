package dev.pinfold.content.dag;

import dev.pinfold.content.Cid;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One link of a dag-pb node.
 *
 * @param cid where it leads
 * @param nameBytes its name, UTF-8 by custom but any bytes in practice; null when absent; not to be changed
 * @param tsize what its maker says the whole DAG below takes, in bytes; −1 when absent. A claim, never proven
 */
@SuppressWarnings(
        "ArrayRecordComponent") // Equality is by content, below; a copy per link would cost more than it protects.
public record PbLink(Cid cid, byte @Nullable [] nameBytes, long tsize) {
    /** A link with a name. */
    public static PbLink named(String name, Cid cid, long tsize) {
        return new PbLink(cid, name.getBytes(StandardCharsets.UTF_8), tsize);
    }

    /** The name as text; empty when absent. Bytes that are not UTF-8 appear as U+FFFD. */
    public String name() {
        return nameBytes == null ? "" : new String(nameBytes, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PbLink that
                && cid.equals(that.cid)
                && tsize == that.tsize
                && Arrays.equals(nameBytes, that.nameBytes);
    }

    @Override
    public int hashCode() {
        return cid.hashCode() + 31 * Arrays.hashCode(nameBytes);
    }
}
