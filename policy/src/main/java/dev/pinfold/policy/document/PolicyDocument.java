package dev.pinfold.policy.document;

import dev.pinfold.policy.Policy;
import java.util.List;

/**
 * A policy file that was read.
 *
 * @param policy the policy
 * @param tests its {@code tests:} section
 */
public record PolicyDocument(Policy policy, List<PolicyTest> tests) {
    /** Copies the list. */
    public PolicyDocument {
        tests = List.copyOf(tests);
    }
}
