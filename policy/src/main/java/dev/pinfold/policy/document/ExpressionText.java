package dev.pinfold.policy.document;

import dev.pinfold.policy.Condition;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The shape of a CEL predicate over {@code provider} and {@code pin}. */
final class ExpressionText extends Shape<ExpressionText.Compiled> {
    private static final Shape<String> TEXT = Scalars.text("an expression of at most 1024 characters", "(?s).{1,1024}");

    /**
     * A checked expression.
     *
     * @param text as written
     * @param condition its meaning
     */
    record Compiled(String text, Condition condition) {}

    @Override
    @Nullable
    Compiled read(Node node, Problems problems) {
        String text = TEXT.read(node, problems);
        if (text == null) {
            return null;
        }
        problems.add(node.at(), "expressions are not supported yet");
        return null;
    }

    @Override
    Map<String, Object> schema(Definitions definitions) {
        return new LinkedHashMap<>(TEXT.schema(definitions));
    }
}
