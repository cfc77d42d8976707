package dev.pinfold.broker.cold;

import dev.pinfold.spi.deal.DealOrder;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The wish for one deal, as it is written down before anybody hears of it. It never changes.
 *
 * @param piece the piece's number
 * @param slot which of the piece's copies, from 0
 * @param replaces the deal whose place it takes; null for a first copy
 * @param maker the provider of the catalog through which it is made
 * @param order without the token with which the storage provider fetches the piece
 */
public record DealIntent(
        long piece, int slot, Reason reason, @Nullable UUID replaces, String maker, DealOrder order) {
    /** Why a deal is made. */
    public enum Reason {
        /** A copy is wanted, and there is none. */
        COPY,
        /** Another deal is about to end. */
        RENEWAL,
        /** Another deal failed, expired, or its copy was lost. */
        REPAIR;

        /** The word in columns and JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Throws IllegalArgumentException for a word that is none. */
        public static Reason ofWord(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }
}
