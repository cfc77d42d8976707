package dev.pinfold.spi.deal;

import dev.pinfold.content.piece.PieceSize;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a storage provider.
 *
 * @param address its id address
 * @param modes the ways in which it can be given deals through this node, the preferred first; empty where it cannot
 * @param sectorSize the size of its sectors: no piece is larger
 * @param country two capital letters (ISO 3166-1), as the operator states it; null is unknown, and unknown satisfies no
 *     rule
 * @param jurisdiction whose law binds it, as the operator states it in the words of the policy; null is unknown
 * @param http base URLs at which it can be asked for {@code /piece} and {@code /ipfs}; empty where it names none
 * @param hasPower whether the chain counts storage power for it; one without has nothing to lose
 */
public record StorageProviderInfo(
        String address,
        List<DealMode> modes,
        PieceSize sectorSize,
        @Nullable String country,
        @Nullable String jurisdiction,
        List<URI> http,
        Optional<Boolean> hasPower) {
    public StorageProviderInfo {
        modes = List.copyOf(modes);
        http = List.copyOf(http);
    }
}
