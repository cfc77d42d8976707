package dev.pinfold.conformance.probe;

import dev.pinfold.conformance.rule.Report.Grade;
import dev.pinfold.conformance.session.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the operator asked to have measured beyond the rules; nothing by default.
 *
 * @param durability how long a pin is watched; zero for not at all
 * @param lossSample how many of the account's pinned pins are fetched through the gateway (read only); 0 for none
 * @param loadPerSecond requests per second of the load probe; 0 for none
 * @param loadTime how long the load lasts
 */
public record Probes(Duration durability, int lossSample, double loadPerSecond, Duration loadTime) {
    public static final Probes NONE = new Probes(Duration.ZERO, 0, 0, Duration.ZERO);

    public List<Grade> run(Session session) {
        List<Grade> grades = new ArrayList<>();
        if (!durability.isZero()) {
            grades.addAll(DurabilityProbe.run(session, durability));
        }
        if (lossSample > 0) {
            grades.add(LossProbe.run(session, lossSample));
        }
        if (loadPerSecond > 0) {
            grades.addAll(LoadProbe.run(session, loadPerSecond, loadTime));
        }
        return grades;
    }
}
