package dev.pinfold.broker.retrieval;

import java.util.Locale;

/**
 * What one source gave when content was fetched, as {@code pin explain} shows it.
 *
 * @param source the provider's id, or the address as it was given
 * @param kind what kind of source
 * @param outcome how it ended
 * @param detail one line that says what happened; empty when it gave everything
 * @param blocks verified blocks that it gave
 * @param bytes bytes of these
 */
public record FetchAttempt(String source, Kind kind, Outcome outcome, String detail, long blocks, long bytes) {
    /** Kinds of sources; values of the metric label {@code source}. */
    public enum Kind {
        /** The broker's own staging. */
        STAGED,
        /** A provider that holds a replica. */
        HOLDER,
        /** An origin that came with the pin. */
        ORIGIN,
        /** A trustless gateway that the operator configured. */
        GATEWAY,
        /** A cold copy. */
        PIECE;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How an attempt can end; values of the metric label {@code outcome}. */
    public enum Outcome {
        /** It gave all that was still missing. */
        COMPLETE(false),
        /** It gave verified blocks and then lacked one. */
        INCOMPLETE(false),
        /** It does not have the content. */
        NOT_FOUND(true),
        /** The guard does not let the broker connect there. */
        REFUSED_BY_GUARD(true),
        /** The address does not lead to an HTTP endpoint. */
        NOT_HTTP(true),
        /** It does not let the broker read. */
        DENIED(true),
        /** It has no way to read content back. */
        CANNOT_SERVE(true),
        /** It answered something else than CARs and blocks. */
        NOT_TRUSTLESS(true),
        /** It could not be reached, or broke off. */
        UNREACHABLE(false),
        /** It asked to be left alone, or a guard held the call back. */
        BUSY(false),
        /** It was too slow. */
        TIMED_OUT(false),
        /** It gave bytes that do not have the hash of their CID. */
        WRONG_BYTES(true);

        private final boolean lasting;

        Outcome(boolean lasting) {
            this.lasting = lasting;
        }

        /** Whether asking it again for the same content makes no sense now. */
        boolean lasting() {
            return lasting;
        }

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
