@NullMarked
package dev.pinfold.broker.config;

import org.jspecify.annotations.NullMarked;
