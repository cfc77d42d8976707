package dev.pinfold.spi;

/** What a provider says of an order. Saying {@code Stored} is a claim; the broker verifies it by fetching blocks. */
public sealed interface Observation {
    /** The provider does not know the order. A list that lacks it is not proof: answer {@link Unknown} then. */
    record Absent() implements Observation {}

    /** Accepted, waiting for its turn. */
    record Queued() implements Observation {}

    /**
     * The provider is fetching or storing.
     *
     * @param detail what it says of its progress, bounded and safe to show; may be empty
     */
    record InProgress(String detail) implements Observation {}

    /**
     * The provider says that it holds the whole DAG.
     *
     * @param evidence the statement this rests on, bounded and safe to show
     */
    record Stored(String evidence) implements Observation {}

    /** The provider gave up on this order. */
    record Failed(Failure failure) implements Observation {}

    /**
     * The state cannot be told now, though the provider answered.
     *
     * @param reason why
     */
    record Unknown(String reason) implements Observation {}
}
