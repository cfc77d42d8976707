package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Cid;
import dev.pinfold.spi.Failure;
import java.util.Locale;

/** What was found when blocks of a replica were fetched from its provider and hashed. */
public sealed interface Verification {
    /** The value of the metric label {@code result}, and a word for people. */
    default String label() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    /**
     * All blocks that were asked for came and have their hashes.
     *
     * @param blocks how many, the root included
     * @param bytes of these
     */
    record Verified(int blocks, long bytes) implements Verification {}

    /** The provider says that it does not have a block. */
    record Missing(Cid cid) implements Verification {}

    /**
     * The provider gave bytes that do not have the hash of their CID.
     *
     * @param evidence length and hash of what came
     */
    record WrongBytes(Cid cid, String evidence) implements Verification {}

    /** It cannot be told: the provider has no way to read back, or the content's hash or codec is not known here. */
    record Unverifiable(String reason) implements Verification {}

    /** The provider did not answer, so nothing was learned. */
    record Unreachable(Failure failure) implements Verification {}
}
