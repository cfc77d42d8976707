package dev.pinfold.spi.deal;

import dev.pinfold.content.piece.PieceSize;
import java.util.Set;

/**
 * A deal that is looked for a storage provider.
 *
 * @param size size of the piece, padded
 * @param duration length in epochs
 * @param verified whether DataCap is spent
 * @param taken storage providers that hold the piece already, or are asked to: each copy is with another one
 * @param spentThisMonth what the deals of this month cost so far, those that are only proposed included
 */
public record DealWish(PieceSize size, long duration, boolean verified, Set<String> taken, AttoFil spentThisMonth) {
    public DealWish {
        taken = Set.copyOf(taken);
    }

    /** What the deal costs in all at this ask. */
    public AttoFil cost(Ask ask) {
        return ask.epochPrice(size, verified).times(duration);
    }
}
