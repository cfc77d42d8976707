package dev.pinfold.broker.config;

import org.jspecify.annotations.Nullable;

/**
 * One setting of the configuration file.
 *
 * @param path where it stands, for example {@code reconcile.pollInterval}; settings of a provider start at the provider
 * @param kind how its text, or each item of its list, is read
 * @param defaultText what holds when it is not given; null where there is no default
 * @param shape one value, a list of values, or named values
 * @param secret whether it may also be given as {@code {env: NAME}} or {@code {file: PATH}}
 * @param required whether it must be given
 * @param maxItems how many items a list or named values may have
 * @param meaning one sentence for the reference
 */
record Key<T>(
        String path,
        Kind<T> kind,
        @Nullable String defaultText,
        Shape shape,
        boolean secret,
        boolean required,
        int maxItems,
        String meaning) {

    enum Shape {
        ONE,
        LIST,
        NAMED
    }

    static <T> Key<T> of(String path, Kind<T> kind, String defaultText, String meaning) {
        return new Key<>(path, kind, defaultText, Shape.ONE, false, false, 1, meaning);
    }

    static <T> Key<T> optional(String path, Kind<T> kind, String meaning) {
        return new Key<>(path, kind, null, Shape.ONE, false, false, 1, meaning);
    }

    static <T> Key<T> required(String path, Kind<T> kind, String meaning) {
        return new Key<>(path, kind, null, Shape.ONE, false, true, 1, meaning);
    }

    static Key<String> secretCapable(String path, Kind<String> kind, String meaning) {
        return new Key<>(path, kind, null, Shape.ONE, true, false, 1, meaning);
    }

    static <T> Key<T> list(String path, Kind<T> kind, int maxItems, @Nullable String defaultText, String meaning) {
        return new Key<>(path, kind, defaultText, Shape.LIST, false, false, maxItems, meaning);
    }

    static <T> Key<T> named(String path, Kind<T> kind, int maxItems, String meaning) {
        return new Key<>(path, kind, null, Shape.NAMED, false, false, maxItems, meaning);
    }

    /** The default as a value; only for keys that have one. */
    T defaultValue() {
        if (defaultText == null) {
            throw new IllegalStateException(path + " has no default");
        }
        return kind.read(defaultText);
    }
}
