@NullMarked
package dev.pinfold.broker.retrieval.race;

import org.jspecify.annotations.NullMarked;
