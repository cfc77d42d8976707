package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.retrieval.FetchAttempt.Kind;
import dev.pinfold.broker.retrieval.FetchAttempt.Outcome;
import dev.pinfold.content.Cid;
import dev.pinfold.spi.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * The cold copies of one content in a race: the first block that is asked for brings the whole content onto the disk, from
 * which all blocks are then given.
 */
record ColdSource(Cid root, ColdStaging cold) implements FetchSource {
    static final String NAME = "pieces";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Kind kind() {
        return Kind.PIECE;
    }

    @Override
    public boolean servesCars() {
        return false;
    }

    @Override
    public boolean servesBlocks() {
        return true;
    }

    @Override
    public InputStream car(Cid cid, Deadline deadline) throws SourceTrouble {
        throw new SourceTrouble(Outcome.CANNOT_SERVE, "it is read block by block");
    }

    @Override
    public byte[] block(Cid cid, Deadline deadline) throws SourceTrouble {
        try {
            Optional<Staged> staged = cold.stage(root);
            byte[] bytes = staged.isEmpty() ? null : staged.get().find(cid);
            if (bytes == null) {
                throw new SourceTrouble(Outcome.NOT_FOUND, "no cold copy within reach has " + cid);
            }
            return bytes;
        } catch (BrokerException e) {
            boolean full = e.kind() == ErrorKind.INSUFFICIENT_STORAGE;
            throw new SourceTrouble(full ? Outcome.BUSY : Outcome.UNREACHABLE, e.details());
        } catch (IOException e) {
            throw SourceTrouble.of(e);
        }
    }
}
