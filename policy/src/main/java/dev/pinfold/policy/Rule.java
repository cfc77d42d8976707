package dev.pinfold.policy;

import org.jspecify.annotations.Nullable;

/**
 * Which class a pin gets. The first rule that matches and has a class decides; rules that continue only add what the
 * pin's meta may override.
 *
 * @param name the rule's name
 * @param match which pins
 * @param placementClass the class's name; null exactly when the rule continues
 * @param allowMeta what the pin's meta may override
 * @param retention how long the pin lives
 * @param priority order of work
 */
public record Rule(
        String name,
        Match match,
        @Nullable String placementClass,
        MetaOverrides allowMeta,
        Retention retention,
        Priority priority) {
    /** True when matching goes on after this rule. */
    public boolean continues() {
        return placementClass == null;
    }
}
