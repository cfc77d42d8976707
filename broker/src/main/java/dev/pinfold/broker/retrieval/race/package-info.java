/** Which source is asked when: decisions over time that comes in as a value. No I/O, no clock. */
@NullMarked
package dev.pinfold.broker.retrieval.race;

import org.jspecify.annotations.NullMarked;
