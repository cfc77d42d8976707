/**
 * The broker's one configuration file: what may stand in it ({@code ConfigKeys}), how it is read and checked
 * ({@code ConfigLoader}), and the immutable result ({@code BrokerConfig}).
 */
@NullMarked
package dev.pinfold.broker.config;

import org.jspecify.annotations.NullMarked;
