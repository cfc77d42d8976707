/** Tests of the cold tier. */
@org.jspecify.annotations.NullMarked
package dev.pinfold.broker.cold;
