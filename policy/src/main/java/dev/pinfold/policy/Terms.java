package dev.pinfold.policy;

/**
 * What a policy's rule says of a pin, whatever providers there are.
 *
 * @param rule the rule that decides
 * @param hot how many copies there shall be, the pin's own wishes included
 * @param retention how long the pin and its copies live
 */
public record Terms(String rule, HotGoal hot, Retention retention) {}
