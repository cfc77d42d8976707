@NullMarked
package dev.pinfold.content.unixfs;

import org.jspecify.annotations.NullMarked;
