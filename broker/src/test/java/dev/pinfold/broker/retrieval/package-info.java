/** Tests of the data path. */
@NullMarked
package dev.pinfold.broker.retrieval;

import org.jspecify.annotations.NullMarked;
