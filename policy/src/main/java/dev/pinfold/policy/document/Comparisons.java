package dev.pinfold.policy.document;

import dev.pinfold.policy.Ratio;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Values with a comparison sign, such as {@code ">=0.98"}. */
final class Comparisons {
    private Comparisons() {}

    /** A share with an optional {@code >=}. */
    static Shape<Ratio> atLeastShare() {
        return new Prefixed<>(Scalars.SHARE, ">=?", "a least share such as \">=0.98\"");
    }

    /** A share with an optional {@code >}. */
    static Shape<Ratio> moreThanShare() {
        return new Prefixed<>(Scalars.SHARE, ">=?", "a share such as \">10%\"");
    }

    /** A size with an optional {@code >}. */
    static Shape<Long> moreThanSize() {
        return new Prefixed<>(Scalars.SIZE, ">=?", "a size such as \">5TiB\"");
    }

    /** Another shape behind an optional sign. */
    private static final class Prefixed<T> extends Shape<T> {
        private final Shape<T> inner;
        private final Pattern sign;
        private final String words;

        Prefixed(Shape<T> inner, String sign, String words) {
            this.inner = inner;
            this.sign = Pattern.compile("(?:" + sign + ")?\\s*(.*)");
            this.words = words;
        }

        @Override
        @Nullable
        T read(Node node, Problems problems) {
            if (node instanceof Node.Scalar scalar) {
                Matcher matcher = sign.matcher(scalar.text());
                if (matcher.matches()) {
                    return inner.read(new Node.Scalar(scalar.at(), matcher.group(1), scalar.type()), problems);
                }
            }
            problems.add(node.at(), "must be " + words + ", not " + node.kind());
            return null;
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", List.of("string", "number"));
            schema.put("title", words);
            return schema;
        }
    }
}
