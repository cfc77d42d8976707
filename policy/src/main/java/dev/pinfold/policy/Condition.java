package dev.pinfold.policy;

import org.jspecify.annotations.Nullable;

/** A compiled predicate over a provider and a pin. */
@FunctionalInterface
public interface Condition {
    /**
     * Null when the provider passes, otherwise the reason why it does not, which includes "cannot be decided".
     *
     * @param provider the candidate
     * @param request the pin
     */
    @Nullable
    String reasonAgainst(ProviderSnapshot provider, PlacementRequest request);
}
