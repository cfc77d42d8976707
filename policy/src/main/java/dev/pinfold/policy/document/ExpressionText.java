package dev.pinfold.policy.document;

import dev.pinfold.policy.Condition;
import dev.pinfold.policy.expression.CelCondition;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The shape of a CEL predicate over {@code provider} and {@code pin}, checked when it is read. */
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
        return switch (CelCondition.compile(text, problems.labels())) {
            case CelCondition.Compiled compiled -> new Compiled(text, compiled.condition());
            case CelCondition.UnknownName unknown -> {
                problems.add(
                        node.at(),
                        "the expression speaks of '" + unknown.name() + "', which is not known"
                                + Words.hint(unknown.name(), new TreeSet<>(unknown.known())));
                yield null;
            }
            case CelCondition.Wrong wrong -> {
                problems.add(
                        node.at(), "the expression is wrong at character " + wrong.column() + ": " + wrong.message());
                yield null;
            }
        };
    }

    @Override
    Map<String, Object> schema(Definitions definitions) {
        return TEXT.schema(definitions);
    }
}
