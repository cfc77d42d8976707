package dev.pinfold.policy.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.pinfold.policy.Condition;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.ProviderSnapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A CEL predicate over {@code provider}, {@code pin} and the provider's labels by their bare names. It is checked against
 * the known fields when it is compiled, runs in bounded time (no more than a few hundred loop steps), and accepts nothing
 * that it cannot decide: a field that is unknown for a provider makes the provider fail.
 */
public final class CelCondition implements Condition {
    private static final CelOptions BOUNDED = CelOptions.current()
            .maxExpressionCodePointSize(1024)
            .comprehensionMaxIterations(500)
            .enableHeterogeneousNumericComparisons(true)
            .build();

    private final CelRuntime.Program program;
    private final Set<String> labels;

    private CelCondition(CelRuntime.Program program, Set<String> labels) {
        this.program = program;
        this.labels = Set.copyOf(labels);
    }

    /** What came of an expression. */
    public sealed interface Result {}

    /** It is right. */
    public record Compiled(Condition condition) implements Result {}

    /** It names a field that does not exist. */
    public record UnknownName(String name, SortedSet<String> known) implements Result {}

    /** It is no boolean CEL expression; the column is 1-based within the expression. */
    public record Wrong(int column, String message) implements Result {}

    /**
     * Checks an expression and makes it ready to run.
     *
     * @param text the expression
     * @param labels label names that may be used bare
     */
    public static Result compile(String text, Set<String> labels) {
        try {
            CelValidationResult checked = compiler(labels).compile(text);
            if (checked.hasError()) {
                CelIssue issue = checked.getErrors().getFirst();
                return new Wrong(issue.getSourceLocation().getColumn() + 1, issue.getMessage());
            }
            CelAbstractSyntaxTree tree = checked.getAst();
            Optional<String> unknown = KnownFields.firstUnknown(tree, labels);
            if (unknown.isPresent()) {
                return new UnknownName(unknown.get(), KnownFields.near(unknown.get(), labels));
            }
            CelRuntime runtime = CelRuntimeFactory.plannerRuntimeBuilder()
                    .setOptions(BOUNDED)
                    .build();
            return new Compiled(new CelCondition(runtime.createProgram(tree), labels));
        } catch (CelValidationException | CelEvaluationException e) {
            return new Wrong(1, firstLine(e));
        }
    }

    private static dev.cel.compiler.CelCompiler compiler(Set<String> labels) {
        MapType facts = MapType.create(SimpleType.STRING, SimpleType.DYN);
        CelCompilerBuilder builder = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(BOUNDED)
                .setStandardMacros(CelStandardMacro.HAS, CelStandardMacro.ALL, CelStandardMacro.EXISTS)
                .setResultType(SimpleType.BOOL)
                .addVar("provider", facts)
                .addVar("pin", facts);
        for (String label : labels) {
            if (label.matches("[A-Za-z_][A-Za-z0-9_]*")) {
                builder.addVar(label, SimpleType.STRING);
            }
        }
        return builder.build();
    }

    @Override
    public @Nullable String reasonAgainst(ProviderSnapshot provider, PlacementRequest request) {
        Map<String, Object> facts = new HashMap<>();
        provider.labels().forEach((label, value) -> {
            if (labels.contains(label)) {
                facts.put(label, value);
            }
        });
        facts.put("provider", KnownFields.of(provider));
        facts.put("pin", KnownFields.of(request));
        try {
            return Boolean.TRUE.equals(program.eval(facts)) ? null : "the expression is false";
        } catch (CelEvaluationException e) {
            return "the expression cannot be decided: " + firstLine(e);
        }
    }

    private static String firstLine(Exception e) {
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
