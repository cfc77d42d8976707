package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.Piece;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A deal as a storage provider keeps it. Guarded by the lock of the chain. */
final class ProviderDeal {
    /**
     * What was agreed.
     *
     * @param id UUID, ULID or proposal CID: what the client calls it
     * @param client the client's key
     * @param pieceCid version 1
     * @param pieceSize padded
     * @param startBy the last epoch at which it may become active
     * @param proposal null for direct onboarding (mk20)
     * @param allocation 0 for none
     * @param payloadSize what the client says it will send, 0 when unknown
     */
    record Terms(
            String id,
            Protocol protocol,
            Address client,
            Address provider,
            Cid pieceCid,
            long pieceSize,
            long startBy,
            long duration,
            @Nullable DealProposal proposal,
            @Nullable Cid signedCid,
            long allocation,
            long payloadSize,
            boolean isCar) {}

    /** How the data gets here; runs on a thread of its own and may take long. */
    interface Source {
        void copyTo(Path target, Progress progress) throws java.io.IOException;
    }

    /** Hears how many bytes have come. */
    interface Progress {
        void received(long bytes);
    }

    final Terms terms;
    /** Null while the data is to be brought by the client or by hand. */
    @Nullable
    Source source;

    Stage stage;
    long since;
    String message = "";
    long received;
    boolean moving;
    /** How many transfers of it broke off. */
    int brokenOff;
    /** The client pushes the data itself (mk20). */
    boolean awaitsUpload;

    @Nullable
    Path data;

    @Nullable
    Piece piece;

    @Nullable
    IndexedCar car;

    /** The node's message that reserves money (old nodes). */
    @Nullable
    ChainMessage funding;

    @Nullable
    ChainMessage publish;

    @Nullable
    ChainMessage activation;

    long dealId;
    long activeAt = -1;

    ProviderDeal(Terms terms, Stage stage, long epoch, @Nullable Source source) {
        this.terms = terms;
        this.stage = stage;
        this.since = epoch;
        this.source = source;
    }

    void enter(Stage next, long epoch) {
        stage = next;
        since = epoch;
    }

    void fail(String why, long epoch) {
        message = Words.simulated(why);
        enter(Stage.FAILED, epoch);
    }

    boolean holdsData() {
        return piece != null && !stage.isOver() && stage.compareTo(Stage.ACCEPTED) >= 0;
    }

    boolean onChainMarket() {
        return terms.proposal() != null;
    }
}
