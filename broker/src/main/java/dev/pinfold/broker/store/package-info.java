/**
 * Everything that is kept: the PostgreSQL server the broker brings along, its schema, the connections to it, and the only
 * SQL of the broker. {@code Database} is the way in.
 */
@NullMarked
package dev.pinfold.broker.store;

import org.jspecify.annotations.NullMarked;
