package dev.pinfold.spi.deal;

/**
 * What is agreed between client and storage provider. The provider must seal before {@code start}.
 *
 * @param start the epoch at which the deal begins; later than the chain's head
 * @param end the epoch at which it ends. A legacy node rounds it up to the provider's proving boundary, so the deal
 *     may end up to one day later
 * @param pricePerEpoch what the whole piece costs per epoch, see {@link Ask#epochPrice}; zero where nothing is paid
 * @param providerCollateral what the provider pledges; within {@link CollateralBounds}. Zero lets a legacy node choose;
 *     not used by market 2.0
 * @param verified whether DataCap is spent
 * @param fastRetrieval whether the provider is asked to keep an unsealed copy
 */
public record DealTerms(
        Epoch start,
        Epoch end,
        AttoFil pricePerEpoch,
        AttoFil providerCollateral,
        boolean verified,
        boolean fastRetrieval) {
    public DealTerms {
        if (!end.isAfter(start)) {
            throw new IllegalArgumentException("a deal ends after it starts: " + start + " .. " + end);
        }
    }

    /** Length in epochs. */
    public long duration() {
        return start.until(end);
    }

    /** What the whole deal costs. */
    public AttoFil total() {
        return pricePerEpoch.times(duration());
    }
}
