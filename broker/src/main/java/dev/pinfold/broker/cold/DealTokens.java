package dev.pinfold.broker.cold;

import java.util.UUID;
import java.util.function.Function;

/**
 * The tokens with which storage providers fetch pieces, one per deal.
 *
 * @param of the token by the deal's id; always the same, so that it need not be stored
 * @param hash what is stored of a token
 */
public record DealTokens(Function<UUID, String> of, Function<String, byte[]> hash) {
    String token(UUID deal) {
        return of.apply(deal);
    }

    byte[] hashed(UUID deal) {
        return hash.apply(of.apply(deal));
    }
}
