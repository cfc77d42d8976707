/** Pins and their names. */
@org.jspecify.annotations.NullMarked
package dev.pinfold.broker.pin;
