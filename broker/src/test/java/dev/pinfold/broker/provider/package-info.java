/** Tests of the guarded fleet. */
@NullMarked
package dev.pinfold.broker.provider;

import org.jspecify.annotations.NullMarked;
