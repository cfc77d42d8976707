/** Exact choice of k candidates out of n under spread and survival rules: numbers in, numbers out, no domain types. */
@NullMarked
package dev.pinfold.policy.search;

import org.jspecify.annotations.NullMarked;
