package dev.pinfold.kit;

import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.unixfs.UnixFsReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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
        if (dag == null || !serves(root)) {
            return null;
        }
        byte[] car = dag.car();
        // The last byte belongs to the last block: header and CIDs stay readable.
        return dress(car, car.length - 1);
    }

    /** The bytes of the file. */
    byte @Nullable [] file(Cid cid) {
        if (network.block(cid) == null || !serves(cid)) {
            return null;
        }
        BlockSource blocks = each -> {
            Block block = network.block(each);
            return block == null ? null : block.bytes();
        };
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            new UnixFsReader(blocks).open(cid).copyTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
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
