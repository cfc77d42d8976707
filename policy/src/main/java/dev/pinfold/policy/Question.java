package dev.pinfold.policy;

/**
 * Everything one decision looks at, once the rule has matched.
 *
 * @param policy the policy
 * @param effective the class after overrides
 * @param inventory the world
 * @param request the pin
 */
record Question(Policy policy, PlacementClass effective, Inventory inventory, PlacementRequest request) {
    /** The size to reckon with: the pin's own, or the policy's assumption while it is unknown. */
    long sizeBytes() {
        Long known = request.sizeBytes();
        return known == null ? policy.assumedSize() : known;
    }

    Question with(PlacementClass other) {
        return new Question(policy, other, inventory, request);
    }
}
