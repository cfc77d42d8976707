package dev.pinfold.policy.document;

import dev.pinfold.policy.Policy;

/**
 * A policy file that was read.
 *
 * @param policy the policy
 */
public record PolicyDocument(Policy policy) {}
