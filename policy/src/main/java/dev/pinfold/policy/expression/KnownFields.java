package dev.pinfold.policy.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.pinfold.policy.Limits;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Price;
import dev.pinfold.policy.ProviderSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The facts an expression may speak of. Amounts are whole numbers of millionths of the currency unit, so that no
 * expression compares money as floating point.
 */
final class KnownFields {
    private static final Set<String> FIELDS = Set.of(
            "provider.id",
            "provider.tier",
            "provider.state",
            "provider.ownNode",
            "provider.labels",
            "provider.capabilities",
            "provider.limits",
            "provider.limits.maxDagBytes",
            "provider.limits.maxPins",
            "provider.health",
            "provider.health.successRate",
            "provider.health.samples",
            "provider.health.consecutiveFailures",
            "provider.health.retrievalP95Ms",
            "provider.health.breaker",
            "provider.health.auditFailures",
            "provider.price",
            "provider.price.storagePerGiBMonthMicros",
            "provider.price.egressPerGiBMicros",
            "provider.price.perPinMicros",
            "provider.price.fixedMonthlyMicros",
            "provider.price.currency",
            "provider.usage",
            "provider.usage.pins",
            "provider.usage.bytes",
            "pin.token",
            "pin.tenant",
            "pin.name",
            "pin.meta",
            "pin.cid",
            "pin.size");

    private KnownFields() {}

    /** The first path in the expression that is no known field. */
    static Optional<String> firstUnknown(CelAbstractSyntaxTree tree, Set<String> labels) {
        return CelNavigableAst.fromAst(tree)
                .getRoot()
                .allNodes()
                .map(KnownFields::path)
                .filter(path -> path != null && !known(path, labels))
                .findFirst();
    }

    static SortedSet<String> near(String unknown, Set<String> labels) {
        SortedSet<String> known = new TreeSet<>(FIELDS);
        if (unknown.startsWith("provider.labels.")) {
            labels.forEach(label -> known.add("provider.labels." + label));
        }
        return known;
    }

    private static boolean known(String path, Set<String> labels) {
        if (path.startsWith("pin.meta.")) {
            return true;
        }
        if (path.startsWith("provider.labels.")) {
            return labels.contains(path.substring("provider.labels.".length()));
        }
        return FIELDS.contains(path);
    }

    /** {@code provider.limits.maxPins} for a chain of selections that begins at one of the two values, else null. */
    private static @Nullable String path(CelNavigableExpr node) {
        return path(node.expr());
    }

    private static @Nullable String path(CelExpr expr) {
        if (expr.exprKind().getKind() != CelExpr.ExprKind.Kind.SELECT) {
            return null;
        }
        CelExpr operand = expr.select().operand();
        if (operand.exprKind().getKind() == CelExpr.ExprKind.Kind.IDENT) {
            String root = operand.ident().name();
            return root.equals("provider") || root.equals("pin")
                    ? root + "." + expr.select().field()
                    : null;
        }
        String before = path(operand);
        return before == null ? null : before + "." + expr.select().field();
    }

    static Map<String, Object> of(ProviderSnapshot provider) {
        Map<String, Object> facts = new HashMap<>();
        facts.put("id", provider.id());
        facts.put("tier", provider.tier().name().toLowerCase(Locale.ROOT));
        facts.put("state", provider.state().name().toLowerCase(Locale.ROOT));
        facts.put("ownNode", provider.ownNode());
        facts.put("labels", Map.copyOf(provider.labels()));
        facts.put("capabilities", List.copyOf(provider.capabilities()));
        facts.put("limits", limits(provider.limits()));
        facts.put("health", health(provider));
        facts.put("price", price(provider.price()));
        facts.put(
                "usage",
                Map.of(
                        "pins",
                        provider.usage().pins(),
                        "bytes",
                        provider.usage().bytes()));
        return facts;
    }

    static Map<String, Object> of(PlacementRequest request) {
        Map<String, Object> facts = new HashMap<>();
        facts.put("token", request.token());
        facts.put("tenant", request.tenant());
        facts.put("name", request.name());
        facts.put("meta", Map.copyOf(request.meta()));
        facts.put("cid", request.cid());
        put(facts, "size", request.sizeBytes());
        return facts;
    }

    private static Map<String, Object> limits(Limits limits) {
        Map<String, Object> facts = new HashMap<>();
        put(facts, "maxDagBytes", limits.maxDagBytes());
        put(facts, "maxPins", limits.maxPins());
        return facts;
    }

    private static Map<String, Object> health(ProviderSnapshot provider) {
        Map<String, Object> facts = new HashMap<>();
        put(facts, "successRate", provider.health().successRate());
        facts.put("samples", provider.health().samples());
        facts.put("consecutiveFailures", (long) provider.health().consecutiveFailures());
        Integer p95 = provider.health().retrievalP95Ms();
        put(facts, "retrievalP95Ms", p95 == null ? null : (long) p95);
        facts.put(
                "breaker",
                provider.health().breaker().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        facts.put("auditFailures", (long) provider.health().auditFailures());
        return facts;
    }

    private static Map<String, Object> price(@Nullable Price price) {
        Map<String, Object> facts = new HashMap<>();
        if (price != null) {
            facts.put("storagePerGiBMonthMicros", micros(price.storagePerGiBMonth()));
            Money egress = price.egressPerGiB();
            put(facts, "egressPerGiBMicros", egress == null ? null : micros(egress));
            facts.put("perPinMicros", micros(price.perPin()));
            facts.put("fixedMonthlyMicros", micros(price.fixedMonthly()));
            facts.put("currency", price.currency());
        }
        return facts;
    }

    private static long micros(Money money) {
        return Math.ceilDiv(money.picos(), 1_000_000L);
    }

    private static void put(Map<String, Object> facts, String name, @Nullable Object value) {
        if (value != null) {
            facts.put(name, value);
        }
    }
}
