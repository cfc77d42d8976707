package dev.pinfold.content.car;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Varint;
import dev.pinfold.content.dag.DagCbor;
import java.util.List;

/**
 * The beginning of a CAR.
 *
 * @param version 1, or 2 when the archive is a CARv2 around it
 * @param roots what the maker calls the roots: a claim, possibly empty
 */
public record CarHeader(int version, List<Cid> roots) {
    /** A header; the list is copied. */
    public CarHeader {
        roots = List.copyOf(roots);
    }

    /** A version 1 header. */
    public static CarHeader of(List<Cid> roots) {
        return new CarHeader(1, roots);
    }

    /**
     * The bytes of the version 1 header with its length in front.
     *
     * <p>Roots whose CIDs have the same length give headers of the same length: a file can be begun with a stand-in and
     * have its first bytes overwritten when the root is known.
     */
    public byte[] bytes() {
        byte[] cbor = DagCbor.writeRoots(roots);
        byte[] out = new byte[Varint.size(cbor.length) + cbor.length];
        System.arraycopy(cbor, 0, out, Varint.write(cbor.length, out, 0), cbor.length);
        return out;
    }

    static DagCbor.RootsAndVersion read(byte[] cbor) {
        try {
            return DagCbor.rootsAndVersion(cbor);
        } catch (ContentException e) {
            throw new ContentException(
                    e.kind(),
                    "This is not a CAR: its header cannot be read (is it an error page, or another type of file?). "
                            + e.getMessage(),
                    e);
        }
    }
}
