/** Tests of the start script, with a Maven and JDKs that only write down how they were called. */
@NullMarked
package dev.pinfold.broker.launcher;

import org.jspecify.annotations.NullMarked;
