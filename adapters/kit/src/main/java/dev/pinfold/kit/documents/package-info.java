/** Holds what was sent and answered on Filecoin's wires against the documents that Lotus and Curio publish. For tests only. */
@NullMarked
package dev.pinfold.kit.documents;

import org.jspecify.annotations.NullMarked;
