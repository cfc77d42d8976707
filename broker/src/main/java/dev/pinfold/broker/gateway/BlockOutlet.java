package dev.pinfold.broker.gateway;

import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Varint;
import dev.pinfold.content.Verifier;
import dev.pinfold.content.unixfs.DagSelection;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Sends proven blocks to one reader. While the reader keeps up, a block stays in hand until it is sent; when it pauses, or
 * when readers together hold enough blocks already, the block is let go and asked for again once there is room, so that
 * waiting readers hold none.
 */
final class BlockOutlet {
    /** How long a reader may pause before its block is let go. */
    static final long PATIENCE_MILLIS = 500;

    private final BlockSource source;
    private final Reply reply;
    private final Hands hands;
    private final Verifier verifier = new Verifier();
    /** The only reference to the block, so that letting go of it frees it. */
    private @Nullable Block held;

    BlockOutlet(BlockSource source, Reply reply, Hands hands) {
        this.source = source;
        this.reply = reply;
        this.hands = hands;
    }

    /** Takes the next block of a selection in hand; false when there is none. */
    boolean take(DagSelection selection) throws IOException {
        held = selection.next();
        return held != null;
    }

    /** Takes a block in hand. */
    void take(Cid cid) throws IOException {
        held = source.block(cid, verifier);
    }

    /** The size of the block in hand. */
    int size() {
        return block().size();
    }

    /** Sends the block in hand as a section of a CAR. Identity blocks are in their CIDs and never sent. */
    void section() throws IOException {
        Cid cid = block().cid();
        if (cid.multihash().isIdentity()) {
            held = null;
            return;
        }
        int length = cid.size() + size();
        byte[] front = new byte[Varint.size(length) + cid.size()];
        cid.writeTo(front, Varint.write(length, front, 0));
        reply.write(front);
        bytes(0, size());
    }

    /** Sends a part of the bytes of the block in hand. */
    void bytes(int from, int to) throws IOException {
        Cid cid = block().cid();
        int at = from;
        while (at < to) {
            at += offer(reply, hands, ByteBuffer.wrap(block().bytes(), at, to - at));
            if (at < to) {
                held = null;
                reply.awaitRoom();
                take(cid);
            }
        }
        held = null;
        reply.flush();
    }

    /** Sends as much of {@code piece} as goes without a pause, and returns how much that was. */
    static int offer(Reply reply, Hands hands, ByteBuffer piece) throws IOException {
        int before = piece.remaining();
        if (before >= Reply.CHUNK && hands.lent().tryAcquire()) {
            lend(reply, hands, piece);
        } else {
            reply.offer(piece, 0);
            if (piece.hasRemaining() && hands.waiting().tryAcquire()) {
                try {
                    reply.offer(piece, PATIENCE_MILLIS);
                } finally {
                    hands.waiting().release();
                }
            }
        }
        return before - piece.remaining();
    }

    /** Sends all of {@code piece} without a copy, or nothing of it. */
    private static void lend(Reply reply, Hands hands, ByteBuffer piece) throws IOException {
        boolean lent = false;
        try {
            lent = reply.lend(piece, PATIENCE_MILLIS, hands.lent()::release);
        } finally {
            if (!lent) {
                hands.lent().release();
            }
        }
    }

    private Block block() {
        if (held == null) {
            throw new IllegalStateException("no block in hand");
        }
        return held;
    }
}
