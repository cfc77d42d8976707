package dev.pinfold.content.car;

import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSink;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Varint;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * Writes a CARv1 to a stream, block by block, in the order given.
 *
 * <p>Identity blocks are left out, as the trustless gateway specification wants: their CIDs carry them. Does not close
 * the stream, and does not buffer: give it a buffered one when blocks are small. Not safe for use by several threads.
 */
public final class CarWriter implements BlockSink {
    private final OutputStream out;
    private long size;
    private long blocks;

    /** Writes the header. {@code roots} may be empty. */
    public CarWriter(OutputStream out, List<Cid> roots) throws IOException {
        this.out = out;
        write(CarHeader.of(roots).bytes());
    }

    /** Writes one section. */
    @Override
    public void accept(Block block) throws IOException {
        Cid cid = block.cid();
        if (cid.multihash().isIdentity()) {
            return;
        }
        int length = cid.size() + block.size();
        byte[] front = new byte[Varint.size(length) + cid.size()];
        cid.writeTo(front, Varint.write(length, front, 0));
        write(front);
        write(block.bytes());
        blocks++;
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        size += bytes.length;
    }

    /** How many bytes were written. */
    public long size() {
        return size;
    }

    /** How many sections were written. */
    public long blocks() {
        return blocks;
    }

    /** How many bytes the section of a block takes. */
    public static long sectionSize(Cid cid, int blockSize) {
        int length = cid.size() + blockSize;
        return Varint.size(length) + (long) length;
    }
}
