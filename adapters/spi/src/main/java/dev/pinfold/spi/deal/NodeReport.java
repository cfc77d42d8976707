package dev.pinfold.spi.deal;

import java.util.List;

/**
 * What a node says of itself, and what it can do.
 *
 * @param version as it writes it; forks keep old numbers, so nothing is decided by it
 * @param network the network's name, such as {@code mainnet}
 * @param head the chain's head
 * @param wallet the address that signs and pays
 * @param modes how deals can be made through this node; which one a storage provider takes is in
 *     {@link StorageProviderInfo#modes()}
 * @param coin what the network's coin is called
 * @param startBuffer epochs between now and a deal's start that storage providers need, as configured
 * @param shortest the shortest deal in epochs
 * @param longest the longest deal in epochs
 * @param confirmations how many epochs deep a fact must lie in the chain before it is reported
 */
public record NodeReport(
        String version,
        String network,
        Epoch head,
        String wallet,
        List<DealMode> modes,
        String coin,
        long startBuffer,
        long shortest,
        long longest,
        long confirmations) {
    public NodeReport {
        modes = List.copyOf(modes);
    }
}
