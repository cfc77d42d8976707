/** The broker as a process of its own, killed at random moments and at every step; judged by what providers really hold. */
@NullMarked
package dev.pinfold.broker.chaos;

import org.jspecify.annotations.NullMarked;
