package dev.pinfold.policy.command;

import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.PlacementEngine;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Plan;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Problem;
import dev.pinfold.policy.document.Catalog;
import dev.pinfold.policy.document.Parsed;
import dev.pinfold.policy.document.PolicyDocument;
import dev.pinfold.policy.document.PolicyDocuments;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code pinfold policy …} without the command line: texts in, text, JSON and an exit code out. Reads no file and no
 * clock, so every answer can be repeated.
 */
public final class PolicyCommands {
    private final PlacementEngine engine = new PlacementEngine();

    /** {@code policy check}: is the policy right, and does it fit the catalog when one is given? */
    public Outcome check(Text policy, @Nullable Text catalog) {
        Parsed<PolicyDocument> parsedPolicy = PolicyDocuments.policy(policy.file(), policy.content());
        List<Problem> problems = new ArrayList<>(parsedPolicy.problemsOrNone());
        Parsed<Catalog> parsedCatalog =
                catalog == null ? null : PolicyDocuments.catalog(catalog.file(), catalog.content());
        if (parsedCatalog != null) {
            problems.addAll(parsedCatalog.problemsOrNone());
        }
        if (!problems.isEmpty()) {
            return refused(Outcome.NO, problems);
        }
        PolicyDocument document = parsedPolicy.orThrow();
        List<String> warnings = parsedCatalog == null
                ? List.of()
                : new FleetCheck(engine, document.policy(), parsedCatalog.orThrow()).warnings();
        return checked(policy.file(), document, warnings);
    }

    private static Outcome checked(String file, PolicyDocument document, List<String> warnings) {
        Policy policy = document.policy();
        StringBuilder human = new StringBuilder(file + ": ok, revision " + policy.revision() + ", "
                + policy.classes().size() + " classes, " + policy.rules().size() + " rules, "
                + document.tests().size() + " tests\n");
        warnings.forEach(warning -> human.append("warning: ").append(warning).append('\n'));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("valid", true);
        json.put("problems", List.of());
        json.put("warnings", warnings);
        json.put("policy", policy.name());
        json.put("revision", policy.revision());
        json.put("classes", List.copyOf(policy.classes().keySet()));
        return Outcome.of(Outcome.DONE, human.toString(), json);
    }

    /** {@code policy plan}: where would the copies of this pin go? */
    public Outcome plan(Text policy, Text inventory, Text request) {
        return withWorld(policy, inventory, request, (p, i, r) -> {
            Plan plan = engine.plan(p, i, r);
            int exit = plan.feasible() ? Outcome.DONE : Outcome.NO;
            return Outcome.of(exit, PlanText.summary(plan), PlanJson.plan(plan));
        });
    }

    /** {@code policy explain}: why was each provider taken or not? */
    public Outcome explain(Text policy, Text inventory, Text request) {
        return withWorld(policy, inventory, request, (p, i, r) -> {
            var explanation = engine.explain(p, i, r);
            int exit = explanation.plan().feasible() ? Outcome.DONE : Outcome.NO;
            return Outcome.of(exit, PlanText.explanation(explanation), PlanJson.explanation(explanation));
        });
    }

    /** {@code policy test}: runs the {@code tests:} section. */
    public Outcome test(Text policy, Fixtures fixtures) {
        Parsed<PolicyDocument> parsed = PolicyDocuments.policy(policy.file(), policy.content());
        if (!parsed.problemsOrNone().isEmpty()) {
            return refused(Outcome.BAD_INPUT, parsed.problemsOrNone());
        }
        return new PolicyTests(engine, policy.file(), parsed.orThrow(), fixtures).run();
    }

    /**
     * {@code policy simulate}: places a stream of requests, loses something, or lets prices wander for some months.
     *
     * @param requests lines of JSON, one request each; empty lines are skipped
     */
    public Outcome simulate(Text policy, Text inventory, Iterator<String> requests, Simulation.Options options) {
        return withPolicyAndWorld(policy, inventory, (p, i) -> new Simulation(engine, p, i, options).run(requests));
    }

    /** {@code policy diff}: what would move between two policies, and what does it cost before and after? */
    public Outcome diff(Text from, Text to, Text inventory, Iterator<String> requests) {
        Parsed<PolicyDocument> target = PolicyDocuments.policy(to.file(), to.content());
        if (!target.problemsOrNone().isEmpty()) {
            return refused(Outcome.BAD_INPUT, target.problemsOrNone());
        }
        Policy after = target.orThrow().policy();
        return withPolicyAndWorld(
                from, inventory, (before, i) -> new PolicyDiff(engine, before, after, i).run(requests));
    }

    private interface OnWorld {
        Outcome answer(Policy policy, Inventory inventory);
    }

    private interface OnRequest {
        Outcome answer(Policy policy, Inventory inventory, PlacementRequest request);
    }

    private static Outcome withPolicyAndWorld(Text policy, Text inventory, OnWorld command) {
        Parsed<PolicyDocument> parsedPolicy = PolicyDocuments.policy(policy.file(), policy.content());
        Parsed<Inventory> parsedInventory = PolicyDocuments.inventory(inventory.file(), inventory.content());
        List<Problem> problems = new ArrayList<>(parsedPolicy.problemsOrNone());
        problems.addAll(parsedInventory.problemsOrNone());
        return problems.isEmpty()
                ? counted(() -> command.answer(parsedPolicy.orThrow().policy(), parsedInventory.orThrow()))
                : refused(Outcome.BAD_INPUT, problems);
    }

    private static Outcome withWorld(Text policy, Text inventory, Text request, OnRequest command) {
        Parsed<PlacementRequest> parsed = PolicyDocuments.request(request.file(), request.content());
        Outcome outcome = withPolicyAndWorld(
                policy,
                inventory,
                (p, i) -> parsed.problemsOrNone().isEmpty()
                        ? command.answer(p, i, parsed.orThrow())
                        : refused(Outcome.BAD_INPUT, parsed.problemsOrNone()));
        return outcome;
    }

    /** Amounts beyond what is countable are the input's fault. */
    private static Outcome counted(Supplier<Outcome> command) {
        try {
            return command.get();
        } catch (ArithmeticException e) {
            return refused(
                    Outcome.BAD_INPUT,
                    List.of(new Problem("amounts", 1, 1, "sums exceed 9.2 million of the currency unit")));
        } catch (BadRequestLine e) {
            return refused(Outcome.BAD_INPUT, e.problems());
        }
    }

    static Outcome refused(int exitCode, List<Problem> problems) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("valid", false);
        json.put("problems", problems.stream().map(PlanJson::problem).toList());
        String human = problems.stream().map(p -> p + "\n").collect(Collectors.joining());
        return Outcome.of(exitCode, human, json);
    }
}
