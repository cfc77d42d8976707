package dev.pinfold.local;

import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Verifier;
import dev.pinfold.content.car.CarWriter;
import dev.pinfold.content.dag.DagFrontier;
import dev.pinfold.content.dag.DagLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The DAG below a root as a CARv1, depth first, each block once, made block by block as it is read. */
final class DagCarStream extends InputStream {
    private final BlockSource source;
    private final DagFrontier frontier;
    private final Verifier verifier = new Verifier();
    private final ByteArrayOutputStream made = new ByteArrayOutputStream();
    private final CarWriter writer;
    private byte[] ready;
    private int at;

    DagCarStream(Cid root, BlockSource source) throws IOException {
        this.source = source;
        this.frontier = new DagFrontier(List.of(root), DagLimits.DEFAULT, false);
        this.writer = new CarWriter(made, List.of(root));
        this.ready = made.toByteArray();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (at == ready.length && !makeNext()) {
            return -1;
        }
        int part = Math.min(length, ready.length - at);
        System.arraycopy(ready, at, target, from, part);
        at += part;
        return part;
    }

    private boolean makeNext() throws IOException {
        Cid next = frontier.expected();
        if (next == null) {
            return false;
        }
        try {
            Block block = source.block(next, verifier);
            frontier.accept(block);
            made.reset();
            writer.accept(block);
            ready = made.toByteArray();
            at = 0;
            return true;
        } catch (ContentException e) {
            throw new IOException("the DAG cannot be read on: " + e.getMessage(), e);
        }
    }
}
