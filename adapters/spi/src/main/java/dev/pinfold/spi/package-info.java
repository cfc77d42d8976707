/**
 * What a provider adapter is. An adapter translates between these few types and one kind of provider;
 * the broker decides when to call, how long to wait, how often to retry and what to measure.
 */
@NullMarked
package dev.pinfold.spi;

import org.jspecify.annotations.NullMarked;
