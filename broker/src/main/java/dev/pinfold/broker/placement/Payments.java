package dev.pinfold.broker.placement;

import dev.pinfold.broker.store.PlacementStore.Charge;
import dev.pinfold.broker.store.PlacementStore.GoneWork;
import dev.pinfold.broker.store.PlacementStore.PinWork;
import dev.pinfold.broker.store.PlacementStore.Work;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.Plan;
import dev.pinfold.policy.Spending;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Who pays for which copy, while a batch of decisions is taken. */
final class Payments {
    private final Ledger ledger;

    Payments(Ledger ledger) {
        this.ledger = ledger;
    }

    /** A pin that pays, one that was deleted included: it pays for what is kept for it. */
    record Payer(UUID requestId, int tenantId, UUID tokenId, String tenant, String token) {
        static Payer of(PinWork pin) {
            return new Payer(pin.requestId(), pin.tenantId(), pin.tokenId(), pin.tenant(), pin.token());
        }

        static Payer of(GoneWork pin) {
            return new Payer(pin.requestId(), pin.tenantId(), pin.tokenId(), pin.tenant(), pin.token());
        }

        Charge charge(String provider, long picos) {
            return new Charge(provider, requestId, tenantId, tokenId, picos);
        }
    }

    /**
     * What is spent when a pin is decided upon.
     *
     * @param sound providers whose copies exist or are on their way
     */
    Spending spending(Payer payer, Work work, Set<String> sound) {
        // Charged copies that nobody has been asked for yet are weighed again: their money is free until then.
        Ledger free = ledger.copy();
        work.charges().stream()
                .filter(c -> c.requestId().equals(payer.requestId()) && !sound.contains(c.provider()))
                .forEach(c -> free.add(payer.tenant(), payer.token(), new Money(-c.picos())));
        return free.spending();
    }

    /**
     * Notes what the copies of a decision cost, where nobody pays for them yet or another amount.
     *
     * @param charges what is charged for the content, by provider; grows
     */
    void charge(Payer payer, Plan plan, Map<String, Charge> charges) {
        for (Plan.Chosen chosen : plan.chosen()) {
            Charge before = charges.get(chosen.provider());
            boolean mine = before != null && before.requestId().equals(payer.requestId());
            long picos = chosen.monthlyCost().picos();
            if (before == null || (mine && before.picos() != picos)) {
                ledger.add(payer.tenant(), payer.token(), new Money(picos - (before == null ? 0 : before.picos())));
                charges.put(chosen.provider(), payer.charge(chosen.provider(), picos));
            }
        }
    }

    /** Lets a pin pay for the copies it wants whose payer has been deleted. */
    static void inherit(Payer payer, Collection<String> providers, Work work, Map<String, Charge> charges) {
        for (String provider : providers) {
            Charge charge = charges.get(provider);
            if (charge != null
                    && work.pins().stream().noneMatch(p -> p.requestId().equals(charge.requestId()))) {
                charges.put(provider, payer.charge(provider, charge.picos()));
            }
        }
    }
}
