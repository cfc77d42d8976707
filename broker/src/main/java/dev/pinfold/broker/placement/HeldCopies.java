package dev.pinfold.broker.placement;

import dev.pinfold.broker.placement.Drains.Drain;
import dev.pinfold.broker.placement.ExistingCopies.Kept;
import dev.pinfold.broker.placement.Payments.Payer;
import dev.pinfold.broker.replica.ReplicaState;
import dev.pinfold.broker.store.PlacementStore.Charge;
import dev.pinfold.broker.store.PlacementStore.GoneChange;
import dev.pinfold.broker.store.PlacementStore.GoneWork;
import dev.pinfold.broker.store.PlacementStore.Work;
import dev.pinfold.policy.HotGoal;
import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.PlacementEngine;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Plan;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Retention;
import dev.pinfold.policy.Tier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Copies that only deleted pins keep, by a grace or a legal hold. They stay where they are, unless the provider is being
 * left: then they are made elsewhere first, as those of any pin. A grace that ends before the provider must be left is
 * waited for instead.
 */
final class HeldCopies {
    private final PlacementEngine engine = new PlacementEngine();
    private final Policy policy;
    private final Inventory world;
    private final @Nullable String brake;
    private final Payments payments;
    private final Map<String, Drain> drains;

    /**
     * Looks at held copies in one state of the world.
     *
     * @param brake why nothing is moved now; null when it is
     * @param drains the providers that are being left
     */
    HeldCopies(Policy policy, Inventory world, @Nullable String brake, Payments payments, Map<String, Drain> drains) {
        this.policy = policy;
        this.world = world;
        this.brake = brake;
        this.payments = payments;
        this.drains = Map.copyOf(drains);
    }

    /**
     * What stays of a content for its deleted pins.
     *
     * @param providers where copies shall be, those being left included
     * @param over deleted pins that keep nothing any more
     * @param next when the first of the others may be over; null: when the policy changes
     * @param changes what is written to the others
     */
    record Held(
            Set<String> providers,
            List<UUID> over,
            @Nullable Instant next,
            List<GoneChange> changes) {}

    /** Where the copies go, and what is to be said of it. */
    private record Moving(
            Set<String> providers,
            @Nullable List<String> to,
            @Nullable String replan,
            @Nullable String note) {}

    /**
     * Which copies of a content stay for deleted pins.
     *
     * @param charges what is charged for the content, by provider; grows
     */
    Held held(Work work, Map<String, Charge> charges) {
        if (work.gone().isEmpty()) {
            return new Held(Set.of(), List.of(), null, List.of());
        }
        Kept kept = ExistingCopies.kept(
                work.gone(),
                work.copies(),
                pin -> retention(pin, work),
                !work.pins().isEmpty(),
                world.asOf());
        List<GoneWork> holding = work.gone().stream()
                .filter(pin -> !kept.over().contains(pin.requestId()))
                .toList();
        String replan = holding.stream()
                .map(GoneWork::replan)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (replan == null) {
            return new Held(kept.providers(), kept.over(), kept.next(), List.of());
        }
        GoneWork longest = holding.stream()
                .max(Comparator.comparing(pin -> end(pin, work).orElse(Instant.MAX)))
                .orElseThrow();
        List<String> to = holding.stream()
                .flatMap(pin -> pin.moveTo().stream())
                .findFirst()
                .orElse(null);
        // A pin that came meanwhile takes the copies over, with whatever becomes of them.
        Moving moving = kept.providers().isEmpty()
                ? new Moving(Set.of(), null, null, null)
                : moving(longest, work, kept.providers(), to, replan, charges);
        List<GoneChange> changes = new ArrayList<>();
        for (GoneWork pin : holding) {
            GoneChange change = pin.requestId().equals(longest.requestId())
                    ? new GoneChange(pin.requestId(), moving.to(), moving.replan(), moving.note())
                    : new GoneChange(pin.requestId(), null, null, null);
            boolean same = Objects.equals(change.moveTo(), pin.moveTo().orElse(null))
                    && Objects.equals(change.replan(), pin.replan());
            if (!same) {
                changes.add(change);
            }
        }
        return new Held(moving.providers(), kept.over(), kept.next(), changes);
    }

    private Moving moving(
            GoneWork pin,
            Work work,
            Set<String> kept,
            @Nullable List<String> to,
            String replan,
            Map<String, Charge> charges) {
        if (brake != null) {
            return new Moving(union(kept, to), to, replan, null);
        }
        if (to == null && endsInTime(pin, work, kept)) {
            return new Moving(kept, null, null, null);
        }
        PlacementRequest request = request(pin, work);
        List<String> target = to;
        if (target == null || target.stream().anyMatch(p -> !usable(p, work))) {
            Set<String> sound = PinPlacement.providersIn(work.copies(), PinPlacement.SOUND);
            Set<String> broken = PinPlacement.providersIn(work.copies(), PinPlacement.BROKEN);
            Payer payer = Payer.of(pin);
            Plan plan = engine.plan(
                    policy,
                    world.keeping(p -> !broken.contains(p.id())),
                    request.withExisting(List.copyOf(sound))
                            .withSpending(payments.spending(payer, work, sound))
                            .withRebalance(false));
            if (!plan.feasible()) {
                return new Moving(
                        kept,
                        null,
                        null,
                        "kept for a deleted pin (" + pin.requestId() + "): " + PinPlacement.conflict(plan));
            }
            payments.charge(payer, plan, charges);
            target = plan.providers(Tier.HOT).toList();
        }
        if (!there(request, work).containsAll(target)) {
            return new Moving(union(kept, target), target, replan, null);
        }
        Set<String> stay = union(kept, target);
        stay.removeAll(drains.keySet());
        return new Moving(stay, null, null, null);
    }

    private static Set<String> union(Set<String> some, @Nullable List<String> more) {
        Set<String> union = new LinkedHashSet<>(some);
        if (more != null) {
            union.addAll(more);
        }
        return union;
    }

    /** Whether a grace is over before any of the providers must be left. */
    private boolean endsInTime(GoneWork pin, Work work, Set<String> kept) {
        Instant end = end(pin, work).orElse(Instant.MAX);
        return kept.stream()
                .map(drains::get)
                .filter(Objects::nonNull)
                .allMatch(d -> d.deadline() != null && !end.isAfter(d.deadline()));
    }

    private boolean usable(String provider, Work work) {
        return world.provider(provider).isPresent()
                && !drains.containsKey(provider)
                && !PinPlacement.providersIn(work.copies(), PinPlacement.BROKEN).contains(provider);
    }

    /** The providers whose copy counts, by the ack of the class. */
    private Set<String> there(PlacementRequest request, Work work) {
        boolean verified = engine.terms(policy, world, request).hot().ack() == HotGoal.Ack.VERIFIED;
        return PinPlacement.providersIn(
                work.copies(),
                verified ? EnumSet.of(ReplicaState.VERIFIED) : EnumSet.of(ReplicaState.CLAIMED, ReplicaState.VERIFIED));
    }

    private Optional<Instant> end(GoneWork pin, Work work) {
        return retention(pin, work).removableAt(pin.at());
    }

    private Retention retention(GoneWork pin, Work work) {
        return engine.terms(policy, world, request(pin, work)).retention();
    }

    private static PlacementRequest request(GoneWork pin, Work work) {
        return PlacementRequest.of(pin.token(), pin.name() == null ? "" : pin.name(), work.content(), work.sizeBytes())
                .withTenant(pin.tenant())
                .withMeta(pin.meta());
    }
}
