/** Whole brokers, started in this process against scripted companies and stores, and judged by what those hold. */
@NullMarked
package dev.pinfold.broker.flow;

import org.jspecify.annotations.NullMarked;
