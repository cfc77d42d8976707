package dev.pinfold.policy.document;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a part of a document may look like, once for both uses: reading it into a value with located problems, and
 * describing it as JSON Schema for editors. So the published schema cannot drift from the code.
 *
 * @param <T> the value that is read
 */
abstract class Shape<T> {
    /** The value, or null when it is wrong; then at least one problem was added. */
    abstract @Nullable T read(Node node, Problems problems);

    /** The JSON Schema of this shape; named objects go to {@code definitions} and are referred to. */
    abstract Map<String, Object> schema(Definitions definitions);
}
