package dev.pinfold.spi.deal;

/** Something happened that may be worth a look. A hint only: it may come late, twice, or not at all. */
public sealed interface DealEvent {
    /**
     * The chain has a new head.
     *
     * @param reorganised whether tipsets that had been applied were taken back
     */
    record NewHead(Epoch head, boolean reorganised) implements DealEvent {}

    /** The node tells of a change to this deal. */
    record DealChanged(String proposalCid) implements DealEvent {}
}
