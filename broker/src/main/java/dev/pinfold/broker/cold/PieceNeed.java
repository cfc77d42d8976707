package dev.pinfold.broker.cold;

import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.Piece;
import java.util.List;

/**
 * A sealed piece whose deals are looked at.
 *
 * @param copies deals wanted, each with another storage provider
 * @param wanted whether a pin wants something of it cold
 * @param live bytes of it that somebody still wants
 * @param root of its CAR
 * @param deals all that were ever made for it, the oldest first
 * @param fence another number with every claim
 */
public record PieceNeed(
        long id,
        String className,
        int copies,
        boolean wanted,
        long live,
        Piece piece,
        Cid root,
        List<Deal> deals,
        long fence) {
    public PieceNeed {
        deals = List.copyOf(deals);
    }
}
