package dev.pinfold.policy.command;

import org.jspecify.annotations.Nullable;

/** Finds the inventories that a policy's tests name; the caller reads them, relative to the policy file. */
@FunctionalInterface
public interface Fixtures {
    /** The text of the file, or null when there is none. */
    @Nullable
    String text(String path);
}
