package dev.pinfold.psa;

import dev.pinfold.http.SafeWords;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import java.util.Locale;

/** Says what a company's word for a pin's state means. */
final class PinStates {
    private final SafeWords words;

    PinStates(SafeWords words) {
        this.words = words;
    }

    /**
     * The four states of the API, and words of their own that companies let through: Pinata's job states, web3.storage's
     * {@code Unpinned}. Any other word is Unknown and not a failure, because nothing is known to have failed.
     */
    Observation observation(PinDoc pin) {
        return switch (pin.status().toLowerCase(Locale.ROOT)) {
            case "pinned" -> pinned(pin);
            case "queued", "pinqueued", "prechecking", "backfilled" -> new Observation.Queued();
            case "pinning", "searching", "retrieving" -> new Observation.InProgress(details(pin));
            case "failed", "expired", "unpinned", "pinerror", "invalid_object", "bad_host_node" ->
                failed(new Failure.Rejected(words.say("gave up (" + pin.status() + ")", details(pin))));
            case "over_free_limit", "over_max_size" ->
                failed(new Failure.QuotaExceeded(words.say("gave up (" + pin.status() + ")", details(pin))));
            default -> new Observation.Unknown(words.say("is in a state that the API does not know", pin.status()));
        };
    }

    /** The Filecoin Pin server calls pinned what it could not fetch whole, and counts what is missing in its info. */
    private Observation pinned(PinDoc pin) {
        String missing = pin.info().getOrDefault("missing_blocks", "0");
        if (!missing.matches("0*")) {
            return failed(new Failure.Rejected(words.say("pinned it incompletely, missing blocks", missing)));
        }
        return new Observation.Stored(words.safe("says pinned, requestid " + pin.requestId()));
    }

    private static Observation failed(Failure failure) {
        return new Observation.Failed(failure);
    }

    private String details(PinDoc pin) {
        return words.safe(pin.info().getOrDefault("status_details", ""));
    }
}
