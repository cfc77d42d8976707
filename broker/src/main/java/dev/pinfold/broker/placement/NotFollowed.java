package dev.pinfold.broker.placement;

import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Upkeep;
import java.util.ArrayList;
import java.util.List;

/** What a policy says and only the offline commands understand: a running broker takes it from its configuration instead. */
public final class NotFollowed {
    private NotFollowed() {}

    /** The keys that this policy sets to something else than their default, as paths. */
    public static List<String> keys(Policy policy) {
        Upkeep.Repair repair = policy.upkeep().repair();
        Upkeep.Repair usual = Upkeep.Repair.DEFAULT;
        List<String> keys = new ArrayList<>();
        if (!repair.reconcileEvery().equals(usual.reconcileEvery())) {
            keys.add("repair.reconcileEvery");
        }
        if (repair.lossObservations() != usual.lossObservations()
                || !repair.lossOver().equals(usual.lossOver())) {
            keys.add("repair.confirmLoss");
        }
        if (!repair.removeOverAfter().equals(usual.removeOverAfter())) {
            keys.add("repair.overReplicated");
        }
        if (!policy.upkeep().audit().equals(Upkeep.Audit.DEFAULT)) {
            keys.add("audit");
        }
        return keys;
    }
}
