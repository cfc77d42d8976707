/**
 * What tests of adapters and of the broker stand on: the contract every provider keeps, and upstreams that can be told
 * to be slow, down, wrong or dishonest and whose own state a test can read. Never part of a running broker.
 */
@NullMarked
package dev.pinfold.kit;

import org.jspecify.annotations.NullMarked;
