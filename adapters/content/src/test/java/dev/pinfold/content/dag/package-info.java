@NullMarked
package dev.pinfold.content.dag;

import org.jspecify.annotations.NullMarked;
