package dev.pinfold.kit;

import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.unixfs.DagSelection;
import dev.pinfold.content.unixfs.Extent;
import dev.pinfold.content.unixfs.PathWalk;
import dev.pinfold.content.unixfs.UnixFsLimits;
import dev.pinfold.content.unixfs.UnixFsReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the trustless gateway of a scripted pinning company serves, honestly or not. */
final class ScriptedGateway {
    private final Network network;
    private final PsaPins pins;
    private volatile GatewayManner manner = GatewayManner.HONEST;

    ScriptedGateway(Network network, PsaPins pins) {
        this.network = network;
        this.pins = pins;
    }

    void manner(GatewayManner now) {
        manner = now;
    }

    GatewayManner manner() {
        return manner;
    }

    byte @Nullable [] block(Cid cid) {
        Block block = network.block(cid);
        return block == null || !serves(cid) ? null : dress(block.bytes(), 0);
    }

    byte @Nullable [] car(Cid root) {
        Dag dag = network.dag(root);
        return dag == null || !serves(root) ? null : dressed(dag);
    }

    /**
     * What lies at a path's end, with the blocks that lead to it.
     *
     * @param bytes as {@code entity-bytes} has it: both ends inclusive, {@code *} for the end
     */
    byte @Nullable [] entity(Cid root, List<String> path, String bytes) {
        if (network.block(root) == null || !serves(root)) {
            return null;
        }
        String[] ends = bytes.split(":", 2);
        OptionalLong to = ends[1].equals("*") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(ends[1]));
        Set<Block> blocks = new LinkedHashSet<>();
        BlockSource noting = cid -> {
            Block block = network.block(cid);
            if (block != null) {
                blocks.add(block);
            }
            return block == null ? null : block.bytes();
        };
        try {
            Cid target = new PathWalk(noting, UnixFsLimits.DEFAULT)
                    .follow(root, path)
                    .target();
            Extent extent = new Extent.Bytes(Long.parseLong(ends[0]), to);
            DagSelection selection = new DagSelection(this::open, target, extent, DagLimits.DEFAULT, false);
            for (Block block = selection.next(); block != null; block = selection.next()) {
                blocks.add(block);
            }
        } catch (ContentException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return dressed(new Dag(root, List.copyOf(blocks)));
    }

    private byte[] dressed(Dag dag) {
        byte[] car = dag.car();
        // The last byte belongs to the last block: header and CIDs stay readable.
        return dress(car, car.length - 1);
    }

    /** The bytes of the file. */
    byte @Nullable [] file(Cid cid) {
        if (network.block(cid) == null || !serves(cid)) {
            return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            new UnixFsReader(this::open).open(cid).copyTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private byte @Nullable [] open(Cid cid) {
        Block block = network.block(cid);
        return block == null ? null : block.bytes();
    }

    private boolean serves(Cid cid) {
        return switch (manner) {
            case GENEROUS -> true;
            case SERVES_NOTHING -> false;
            case HONEST, SERVES_WRONG_BYTES, BREAKS_OFF, SERVES_HTML, IGNORES_FORMAT ->
                pins.anyPinned(network.rootsOf(cid));
        };
    }

    private byte[] dress(byte[] bytes, int turned) {
        if (manner != GatewayManner.SERVES_WRONG_BYTES || bytes.length == 0) {
            return bytes;
        }
        byte[] wrong = bytes.clone();
        wrong[turned] ^= 1;
        return wrong;
    }
}
