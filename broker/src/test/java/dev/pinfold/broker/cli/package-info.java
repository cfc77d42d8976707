@NullMarked
package dev.pinfold.broker.cli;

import org.jspecify.annotations.NullMarked;
