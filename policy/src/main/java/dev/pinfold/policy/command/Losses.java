package dev.pinfold.policy.command;

import dev.pinfold.policy.ProviderSnapshot;
import org.jspecify.annotations.Nullable;

/** Which providers a loss takes: those with a label value, or one by name under the label {@code provider}. */
final class Losses {
    private Losses() {}

    /** The provider's value for the label, where {@code provider} means its id; null when unknown. */
    static @Nullable String value(ProviderSnapshot provider, String label) {
        return label.equals("provider") ? provider.id() : provider.label(label);
    }

    static boolean hits(ProviderSnapshot provider, String label, String value) {
        return value.equals(value(provider, label));
    }
}
