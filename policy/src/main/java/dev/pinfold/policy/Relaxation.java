package dev.pinfold.policy;

import java.util.function.UnaryOperator;

/**
 * One way to ask for less.
 *
 * @param constraint the constraint that gives way
 * @param suggestion what the operator would change
 * @param full true when the constraint is gone altogether, false for a smaller step
 * @param apply the question with that change
 */
record Relaxation(String constraint, String suggestion, boolean full, UnaryOperator<Question> apply) {}
