/** Tests of pieces: published vectors, properties, speed and memory. */
@org.jspecify.annotations.NullMarked
package dev.pinfold.content.piece;
