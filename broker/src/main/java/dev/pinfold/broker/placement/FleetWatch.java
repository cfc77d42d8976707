package dev.pinfold.broker.placement;

import dev.pinfold.broker.alert.AlertKind;
import dev.pinfold.broker.alert.Alerts;
import dev.pinfold.policy.Policy;
import java.util.function.Supplier;

/** Tells the operator that so many copies are lost at once that nothing is repaired or moved. */
public final class FleetWatch {
    private static final String SUBJECT = "all copies";

    private final FleetView fleet;
    private final Supplier<Policy> policy;
    private final Alerts alerts;

    public FleetWatch(FleetView fleet, Supplier<Policy> policy, Alerts alerts) {
        this.fleet = fleet;
        this.policy = policy;
        this.alerts = alerts;
    }

    /** Looks whether the brake is on. */
    public void check() {
        String brake = fleet.brake(policy.get().upkeep().repair());
        if (brake == null) {
            alerts.clear(AlertKind.REPAIR_STOPPED, SUBJECT);
        } else {
            alerts.raise(AlertKind.REPAIR_STOPPED, SUBJECT, brake);
        }
    }
}
