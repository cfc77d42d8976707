package dev.pinfold.content.car;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Hasher;
import dev.pinfold.content.Multihash;
import dev.pinfold.content.Verifier;
import dev.pinfold.content.dag.DagCbor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Reads a CAR from a stream, block by proven block, with one block in memory at a time.
 *
 * <p>A CARv2 is read as the CARv1 inside it; its index is not used. Zero bytes after the last section are passed over.
 * What is proven: each block is what its CID says. What is not: that all blocks are there, or only those that belong (see
 * the walks of package dag). Not safe for use by several threads; does not close the stream. Sources: ipld CARv1 and
 * CARv2 specifications.
 */
public final class CarReader {
    private static final byte[] PRAGMA_V2 = HexFormat.of().parseHex("0aa16776657273696f6e02");
    private static final int HEADER_V2 = 40;
    /** Version, codec, function and length at their longest, and the longest digest. */
    private static final int MAX_CID = 1 + 9 + 9 + 2 + 128;

    private final CarInput in;
    private final CarLimits limits;
    private final Verifier verifier = new Verifier();
    private final CarHeader header;
    private long blocks;
    private boolean ended;

    /** Reads the header with the default limits. Throws as {@link #CarReader(InputStream, CarLimits)}. */
    public CarReader(InputStream in) throws IOException {
        this(in, CarLimits.DEFAULT);
    }

    /**
     * Reads the header.
     *
     * @throws ContentException MALFORMED when this is not a CAR, UNSUPPORTED for a version above 2 or a root with a weak
     *     hash, TOO_LARGE, or INCOMPLETE when the stream ends in the header or is empty
     * @throws IOException when the stream fails
     */
    public CarReader(InputStream in, CarLimits limits) throws IOException {
        this.in = new CarInput(in);
        this.limits = limits;
        this.header = readHeader();
    }

    /** Version and claimed roots. */
    public CarHeader header() {
        return header;
    }

    /** How many bytes of the stream were used so far. */
    public long position() {
        return in.position();
    }

    /** How many blocks were returned so far. */
    public long blocks() {
        return blocks;
    }

    /**
     * The next block, proven; null after the last.
     *
     * @throws ContentException HASH_MISMATCH; MALFORMED or UNSUPPORTED for a section that cannot be read; TOO_LARGE; or
     *     INCOMPLETE when the stream ends inside a section. The reader cannot go on after it
     * @throws IOException when the stream fails
     */
    public @Nullable Block next() throws IOException {
        if (ended) {
            return null;
        }
        long start = in.position();
        try {
            Block block = section();
            ended = block == null;
            blocks += ended ? 0 : 1;
            return block;
        } catch (ContentException e) {
            ended = true;
            throw new ContentException(
                    e.kind(), "CAR section " + (blocks + 1) + " at byte " + start + ": " + e.getMessage(), e);
        } catch (EOFException e) {
            ended = true;
            throw ContentException.incomplete("CAR section " + (blocks + 1) + " at byte " + start
                    + ": the stream ends inside it, at byte " + in.position());
        }
    }

    private @Nullable Block section() throws IOException {
        long length = in.varint("section length");
        if (length < 0) {
            return null;
        }
        if (length == 0) {
            in.requireOnlyPadding(limits.padding());
            return null;
        }
        if (length > limits.block() + (long) MAX_CID) {
            throw ContentException.tooLarge(
                    "it claims " + length + " bytes; blocks have at most " + limits.block() + " here");
        }
        Cid cid = sectionCid((int) length);
        int size = (int) length - cid.size();
        if (size > limits.block()) {
            throw ContentException.tooLarge(
                    "block " + cid + " has " + size + " bytes; at most " + limits.block() + " are allowed");
        }
        Hasher hasher = verifier.hasherFor(cid.multihash());
        if (cid.multihash().isIdentity()) {
            return identity(cid, size);
        }
        byte[] bytes = new byte[size];
        in.readFully(bytes, hasher);
        return Block.proven(cid, bytes, hasher);
    }

    private Block identity(Cid cid, int size) throws IOException {
        if (size > Multihash.MAX_DIGEST) {
            throw Verifier.mismatch(cid, size);
        }
        byte[] bytes = new byte[size];
        in.readFully(bytes, null);
        return Block.verified(cid, bytes, verifier);
    }

    private Cid sectionCid(int length) throws IOException {
        int available = in.peek(Math.min(length, MAX_CID));
        try {
            Cid cid = Cid.readPrefix(in.buffer(), in.start(), in.start() + available);
            in.skipPeeked(cid.size());
            return cid;
        } catch (ContentException e) {
            boolean sectionEnded = e.kind() == ContentException.Kind.INCOMPLETE && available == length;
            throw sectionEnded
                    ? ContentException.malformed("it has " + length + " bytes, too few for its CID: " + e.getMessage())
                    : e;
        }
    }

    private CarHeader readHeader() throws IOException {
        try {
            byte[] first = headerBytes();
            DagCbor.RootsAndVersion read = CarHeader.read(first);
            if (read.version() == 2 && !read.hasRoots()) {
                return readVersion2(first);
            }
            requireVersion1(read);
            return CarHeader.of(read.roots());
        } catch (EOFException e) {
            throw ContentException.incomplete("The CAR ends inside its header, at byte " + in.position());
        }
    }

    private byte[] headerBytes() throws IOException {
        long length = in.varint("CAR header length");
        if (length < 0) {
            throw ContentException.incomplete("The CAR is empty: there is no header");
        }
        if (length > limits.header()) {
            throw ContentException.tooLarge("The CAR header claims " + length + " bytes; at most " + limits.header()
                    + " are allowed. Is this a CAR?");
        }
        requireMap();
        byte[] header = new byte[(int) length];
        in.readFully(header, null);
        return header;
    }

    /** What is no CAR at all (an error page, a file) is told from one that was cut by the first byte of its header. */
    private void requireMap() throws IOException {
        if (in.peek(1) == 1 && (in.buffer()[in.start()] & 0xe0) != 0xa0) {
            throw ContentException.malformed(
                    "This is not a CAR: it does not begin with a CAR header (is it an error page, or another type of file?)");
        }
    }

    private CarHeader readVersion2(byte[] pragma) throws IOException {
        if (in.position() != PRAGMA_V2.length || pragma.length != PRAGMA_V2.length - 1) {
            throw ContentException.malformed("The CAR says version 2 but does not begin as one");
        }
        byte[] fixed = new byte[HEADER_V2];
        in.readFully(fixed, null);
        ByteBuffer numbers = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN);
        long offset = numbers.getLong(16);
        long size = numbers.getLong(24);
        if (offset < in.position() || size <= 0 || offset - in.position() > limits.padding()) {
            throw ContentException.malformed("The CARv2 header places its data at byte " + Long.toUnsignedString(offset)
                    + " with " + Long.toUnsignedString(size) + " bytes, which cannot be");
        }
        in.skipTo(offset);
        in.limit(size);
        DagCbor.RootsAndVersion inner = CarHeader.read(headerBytes());
        requireVersion1(inner);
        return new CarHeader(2, inner.roots());
    }

    private static void requireVersion1(DagCbor.RootsAndVersion read) {
        if (read.version() != 1) {
            throw ContentException.unsupported(
                    read.version() < 0
                            ? "The CAR header has no version"
                            : "CAR version " + Long.toUnsignedString(read.version())
                                    + " is not known: use version 1 or 2");
        }
        if (!read.hasRoots()) {
            throw ContentException.malformed("The CAR header has no \"roots\"");
        }
    }
}
