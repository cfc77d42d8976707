@NullMarked
package dev.pinfold.kit.filecoin;

import org.jspecify.annotations.NullMarked;
