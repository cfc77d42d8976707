/** Texts in, values or located problems out: policies, catalogs, inventories and requests. Reads no file. */
@NullMarked
package dev.pinfold.policy.document;

import org.jspecify.annotations.NullMarked;
