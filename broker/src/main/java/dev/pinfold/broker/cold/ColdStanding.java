package dev.pinfold.broker.cold;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a content has come in the cold tier, for whoever has it pinned.
 *
 * @param pieceCid version 2; null while it is not sealed
 * @param copies deals wanted
 * @param deals those that are not over
 */
public record ColdStanding(PieceState piece, @Nullable String pieceCid, int copies, List<Line> deals) {
    private static final int MOST_SHOWN = 10;

    public ColdStanding {
        deals = List.copyOf(deals);
    }

    /**
     * A deal.
     *
     * @param slot which of the copies, from 0
     * @param number in the chain's market, else of its allocation, else its own id
     */
    public record Line(int slot, String provider, DealState state, String number) {}

    /** Copies that are stored and proven. */
    public long stored() {
        return deals.stream()
                .filter(d -> d.state().stored())
                .map(Line::slot)
                .distinct()
                .count();
    }

    /** What a pin's {@code info} says, all of it strings. */
    public Map<String, String> info() {
        Map<String, String> info = new LinkedHashMap<>();
        info.put("pinfold_cold", stored() + " of " + copies + " deals active" + rest());
        if (pieceCid != null) {
            info.put("pinfold_piece_cid", pieceCid);
        }
        if (!deals.isEmpty()) {
            List<String> shown = new ArrayList<>();
            deals.stream().limit(MOST_SHOWN).forEach(d -> shown.add(d.provider() + ":" + d.number()));
            info.put("pinfold_deals", String.join(" ", shown));
        }
        return info;
    }

    private String rest() {
        Map<String, Integer> others = new LinkedHashMap<>();
        deals.stream()
                .filter(d -> !d.state().stored())
                .forEach(d -> others.merge(d.state().word(), 1, Integer::sum));
        if (others.isEmpty()) {
            return stored() >= copies || piece == PieceState.DEALT ? "" : "; piece " + piece.word();
        }
        List<String> words = new ArrayList<>();
        others.forEach((state, count) -> words.add(count + " " + state));
        return "; " + String.join(", ", words);
    }
}
