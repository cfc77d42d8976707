package dev.pinfold.conformance;

import dev.pinfold.conformance.checks.AuthChecks;
import dev.pinfold.conformance.checks.ClientChecks;
import dev.pinfold.conformance.checks.FilterChecks;
import dev.pinfold.conformance.checks.InputChecks;
import dev.pinfold.conformance.checks.LifecycleChecks;
import dev.pinfold.conformance.checks.PagingChecks;
import dev.pinfold.conformance.checks.RobustnessChecks;
import dev.pinfold.conformance.checks.ShapeChecks;
import dev.pinfold.conformance.gateway.CarChecks;
import dev.pinfold.conformance.gateway.HeaderChecks;
import dev.pinfold.conformance.gateway.PathChecks;
import dev.pinfold.conformance.gateway.RawChecks;
import dev.pinfold.conformance.gateway.ScopeChecks;
import dev.pinfold.conformance.rule.Check;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Every check there is, in the order in which a run makes them. */
public final class Catalog {
    private static final List<Check> CHECKS = Stream.of(
                    AuthChecks.all(),
                    ShapeChecks.all(),
                    InputChecks.all(),
                    PagingChecks.all(),
                    FilterChecks.all(),
                    LifecycleChecks.all(),
                    RobustnessChecks.all(),
                    ClientChecks.all(),
                    RawChecks.all(),
                    HeaderChecks.all(),
                    CarChecks.all(),
                    ScopeChecks.all(),
                    PathChecks.all())
            .flatMap(List::stream)
            .sorted(Comparator.comparing(Check::level))
            .toList();

    private Catalog() {}

    public static List<Check> all() {
        return CHECKS;
    }

    public static Optional<Check> byId(String id) {
        return CHECKS.stream().filter(check -> check.id().equals(id)).findFirst();
    }
}
