package dev.pinfold.policy.document;

import org.jspecify.annotations.Nullable;

/**
 * One key of an object.
 *
 * @param name the key
 * @param shape what its value may look like
 * @param required whether it must be there
 * @param fallback the value when it is not there; null when there is none
 * @param doc one sentence for editors and the guide
 */
record Field<T>(
        String name,
        Shape<T> shape,
        boolean required,
        @Nullable T fallback,
        String doc) {
    static <T> Field<T> required(String name, Shape<T> shape, String doc) {
        return new Field<>(name, shape, true, null, doc);
    }

    static <T> Field<T> optional(String name, Shape<T> shape, String doc) {
        return new Field<>(name, shape, false, null, doc);
    }

    static <T> Field<T> optional(String name, Shape<T> shape, T fallback, String doc) {
        return new Field<>(name, shape, false, fallback, doc);
    }
}
