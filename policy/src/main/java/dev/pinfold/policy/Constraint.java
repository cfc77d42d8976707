package dev.pinfold.policy;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A hard filter of a class, named so that an explanation can point at it. A provider must pass all of them. */
public sealed interface Constraint {
    /** The name from the policy file. */
    String name();

    /**
     * Every named label must be known and have one of the allowed values.
     *
     * @param allowed label to values, for example jurisdiction to EU and CH
     */
    record Residency(String name, SortedMap<String, SortedSet<String>> allowed) implements Constraint {
        public Residency {
            allowed = Collections.unmodifiableSortedMap(new TreeMap<>(allowed));
        }
    }

    /**
     * A provider that matches any entry is out on every path. For geography labels an unknown value matches too.
     *
     * @param providers provider ids
     * @param labels label to values
     * @param capabilities capabilities
     */
    record Exclude(
            String name,
            SortedSet<String> providers,
            SortedMap<String, SortedSet<String>> labels,
            SortedSet<String> capabilities)
            implements Constraint {
        public Exclude {
            providers = Collections.unmodifiableSortedSet(new TreeSet<>(providers));
            labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
            capabilities = Collections.unmodifiableSortedSet(new TreeSet<>(capabilities));
        }
    }

    /**
     * A provider must match every entry: be one of the providers if any are named, have each label with one of its
     * values, have each capability.
     */
    record Require(
            String name,
            SortedSet<String> providers,
            SortedMap<String, SortedSet<String>> labels,
            SortedSet<String> capabilities)
            implements Constraint {
        public Require {
            providers = Collections.unmodifiableSortedSet(new TreeSet<>(providers));
            labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
            capabilities = Collections.unmodifiableSortedSet(new TreeSet<>(capabilities));
        }
    }

    /**
     * The pin's size must lie in the range; null leaves that end open. A pin of unknown size passes and is decided again
     * when its size is known.
     */
    record SizeRange(
            String name, @Nullable Long minBytes, @Nullable Long maxBytes) implements Constraint {}

    /**
     * A bounded expression over {@code provider} and {@code pin}. What it cannot decide it does not accept.
     *
     * @param text the expression as written
     * @param condition its meaning
     */
    record Expression(String name, String text, Condition condition) implements Constraint {}
}
