/** The HTTP surface, from one parser to the whole running broker. */
@org.jspecify.annotations.NullMarked
package dev.pinfold.broker.api;
