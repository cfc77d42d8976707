/** Tests that keep the documents true: commands are run, references are compared with the code. */
@NullMarked
package dev.pinfold.broker.docs;

import org.jspecify.annotations.NullMarked;
