/** One copy of one content at one provider: its states and what pins show of them. */
@NullMarked
package dev.pinfold.broker.replica;

import org.jspecify.annotations.NullMarked;
