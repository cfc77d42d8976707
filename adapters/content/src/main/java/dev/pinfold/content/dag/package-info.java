/** The formats whose blocks link to other blocks, and walks along those links. */
@NullMarked
package dev.pinfold.content.dag;

import org.jspecify.annotations.NullMarked;
