/** {@code pinfold bench}: the broker measured side by side with a bare reference on the same machine and database. */
@NullMarked
package dev.pinfold.broker.bench;

import org.jspecify.annotations.NullMarked;
