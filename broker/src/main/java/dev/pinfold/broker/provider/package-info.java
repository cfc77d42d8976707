/**
 * The fleet: every configured provider, opened by its adapter and wrapped so that one that is slow, down, lying about
 * its limits or hanging cannot hurt the others. Start at {@code Fleet}, then {@code GuardedProvider}.
 */
@NullMarked
package dev.pinfold.broker.provider;

import org.jspecify.annotations.NullMarked;
