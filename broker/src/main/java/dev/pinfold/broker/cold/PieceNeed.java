package dev.pinfold.broker.cold;

import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.Piece;
import java.util.List;
import java.util.SortedSet;

/**
 * A sealed piece whose deals are looked at.
 *
 * @param copies deals wanted, each with another storage provider
 * @param jurisdictions where pins let its contents lie; empty: wherever the class does
 * @param leaving its contents are on their way into another piece
 * @param wanted whether a pin wants something of it cold
 * @param live bytes of it that somebody still wants
 * @param root of its CAR
 * @param deals all that were ever made for it, the oldest first
 * @param fence another number with every claim
 */
public record PieceNeed(
        long id,
        String className,
        SortedSet<String> jurisdictions,
        int copies,
        boolean leaving,
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
