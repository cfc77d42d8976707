package dev.pinfold.broker.placement;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.pin.Caller;
import dev.pinfold.broker.pin.PinDraft;
import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.broker.store.PinStore.Upstream;
import dev.pinfold.broker.store.ReplicaStore;
import dev.pinfold.content.Cid;
import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.PlacementEngine;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Plan;
import dev.pinfold.policy.Policy;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.PinListing;
import dev.pinfold.spi.PinListing.ListedPin;
import dev.pinfold.spi.ProviderException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes over what exists at a provider already: each pin there that nobody has becomes a pin here whose copy is that one. The
 * provider is only asked for its list, a page at a time; it is never asked to pin anything. What was taken over before is
 * known, so that going over a page again changes nothing.
 */
public final class Adopter {
    private final FleetView fleet;
    private final ReplicaStore replicas;
    private final Supplier<Policy> policy;
    private final Taking taking;
    private final PlacementEngine engine = new PlacementEngine();

    /** Writes a pin together with the copy that it already has. */
    public interface Taking {
        /**
         * Does it, or nothing.
         *
         * @return false when there is a copy of that content at that provider by now
         */
        boolean take(Caller caller, PinDraft draft, Upstream copy);
    }

    public Adopter(FleetView fleet, ReplicaStore replicas, Supplier<Policy> policy, Taking taking) {
        this.fleet = fleet;
        this.replicas = replicas;
        this.policy = policy;
        this.taking = taking;
    }

    /**
     * Which pins are meant.
     *
     * @param cids the canonical names of their roots; empty means all
     * @param name the name that they get here, by which rules of the policy match; null for none
     * @param apply whether they are taken over, or only looked at
     */
    public record Wish(Set<String> cids, @Nullable String name, boolean apply) {
        public Wish {
            cids = Set.copyOf(cids);
        }
    }

    /** What is to be said of a pin at the provider. */
    public enum Verdict {
        /** It was taken over just now. */
        ADOPTED,
        /** It would be taken over. */
        ADOPTABLE,
        /** Its copy is one of ours. */
        KNOWN,
        /** There is a copy of ours under another id; this one is left alone. */
        DUPLICATE,
        /** The policy would not have it there. */
        NOT_ALLOWED,
        /** The provider does not have it, or not yet said so. */
        NOT_STORED,
        /** Its CID cannot be read. */
        UNREADABLE
    }

    /** A pin at the provider. */
    public record Found(String upstreamId, String cid, Verdict verdict, String detail) {}

    /**
     * One page of what the provider lists.
     *
     * @param listed how many pins the page had
     * @param found those that are meant
     * @param next where the next page begins; null at the end
     */
    public record Page(
            int listed, List<Found> found, @Nullable String next) {
        public Page {
            found = List.copyOf(found);
        }
    }

    /**
     * Goes over one page.
     *
     * @param from {@link Page#next()} of the page before; null for the first
     * @throws BrokerException the provider cannot list, or did not
     */
    public Page adopt(GuardedProvider provider, Caller caller, Wish wish, @Nullable String from) {
        PinListing listing = list(provider, from);
        Map<ListedPin, Cid> meant = new HashMap<>();
        List<Found> found = new ArrayList<>();
        for (ListedPin pin : listing.pins()) {
            Optional<Cid> cid = cid(pin.cid());
            if (cid.isEmpty() && wish.cids().isEmpty()) {
                found.add(new Found(pin.upstreamId(), pin.cid(), Verdict.UNREADABLE, "its CID cannot be read"));
            }
            cid.filter(c -> wish.cids().isEmpty() || wish.cids().contains(c.canonical()))
                    .ifPresent(c -> meant.put(pin, c));
        }
        Map<String, String> ours = replicas.upstreamIds(
                provider.id(), meant.values().stream().map(Cid::canonical).toList());
        Inventory world = fleet.now();
        for (ListedPin pin : listing.pins()) {
            Cid cid = meant.get(pin);
            if (cid != null) {
                Found one = judged(provider, caller, wish, pin, cid, ours, world);
                if (one.verdict() == Verdict.ADOPTED || one.verdict() == Verdict.ADOPTABLE) {
                    ours.put(cid.canonical(), pin.upstreamId());
                }
                found.add(one);
            }
        }
        return new Page(listing.pins().size(), found, listing.next());
    }

    private static PinListing list(GuardedProvider provider, @Nullable String from) {
        try {
            return provider.list(from, Deadline.after(provider.spec().guard().callTimeout()));
        } catch (ProviderException e) {
            if (from != null && e.failure() instanceof Failure.InvalidOrder) {
                throw new BrokerException(
                        ErrorKind.BAD_REQUEST,
                        "'from' is no place in the list of '" + provider.id() + "' ("
                                + e.failure().detail()
                                + "); take it from the answer to the page before, or leave it out",
                        e);
            }
            boolean cannot = e.failure() instanceof Failure.Unsupported;
            throw new BrokerException(
                    cannot ? ErrorKind.NOT_IMPLEMENTED : ErrorKind.BAD_GATEWAY,
                    "provider '" + provider.id() + "' "
                            + (cannot
                                    ? "cannot list what it holds"
                                    : "did not give its list: " + e.failure().detail())
                            + "; nothing of this page was taken over",
                    e);
        }
    }

    private static Optional<Cid> cid(String text) {
        try {
            return Optional.of(Cid.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Found judged(
            GuardedProvider provider,
            Caller caller,
            Wish wish,
            ListedPin pin,
            Cid cid,
            Map<String, String> ours,
            Inventory world) {
        String known = ours.get(cid.canonical());
        if (known != null) {
            return known.equals(pin.upstreamId())
                    ? found(pin, Verdict.KNOWN, "")
                    : found(pin, Verdict.DUPLICATE, "ours is " + (known.isEmpty() ? "being made" : known));
        }
        Optional<Boolean> stored = stored(pin.observation());
        if (stored.isEmpty()) {
            return found(pin, Verdict.NOT_STORED, "the provider says " + pin.observation());
        }
        String objection = objection(provider.id(), caller, wish, cid, world);
        if (objection != null) {
            return found(pin, Verdict.NOT_ALLOWED, objection);
        }
        if (!wish.apply()) {
            return found(pin, Verdict.ADOPTABLE, "");
        }
        String key = pin.orderKey() == null ? UUID.randomUUID().toString() : pin.orderKey();
        PinDraft draft = new PinDraft(cid, pin.cid(), wish.name(), List.of(), null);
        return taking.take(caller, draft, new Upstream(provider.id(), pin.upstreamId(), key, stored.get()))
                ? found(pin, Verdict.ADOPTED, "")
                : found(pin, Verdict.DUPLICATE, "another copy was begun there meanwhile");
    }

    private static Found found(ListedPin pin, Verdict verdict, String detail) {
        return new Found(pin.upstreamId(), pin.cid(), verdict, detail);
    }

    /** Whether it is there, or on its way; empty when neither. */
    private static Optional<Boolean> stored(Observation observation) {
        return switch (observation) {
            case Observation.Stored stored -> Optional.of(true);
            case Observation.Queued queued -> Optional.of(false);
            case Observation.InProgress progress -> Optional.of(false);
            case Observation.Absent absent -> Optional.empty();
            case Observation.Failed failed -> Optional.empty();
            case Observation.Unknown unknown -> Optional.empty();
        };
    }

    /** Why the policy would not have the content there; null when it would. What it forbids would be released again. */
    private @Nullable String objection(String provider, Caller caller, Wish wish, Cid cid, Inventory world) {
        PlacementRequest request = PlacementRequest.of(
                        caller.tokenName(), wish.name() == null ? "" : wish.name(), cid.canonical(), null)
                .withTenant(caller.tenant())
                .withExisting(List.of(provider))
                .withRebalance(false);
        Plan plan = engine.plan(policy.get(), world, request);
        boolean stays = plan.chosen().stream().anyMatch(c -> c.provider().equals(provider));
        if (plan.feasible() && stays) {
            return null;
        }
        return plan.excluded().stream()
                .filter(x -> x.provider().equals(provider))
                .map(x -> x.constraint() + ": " + x.reason())
                .findFirst()
                .orElseGet(() -> plan.conflict().stream()
                        .map(c -> c.constraint() + ": " + c.suggestion())
                        .findFirst()
                        .orElse("the policy places it elsewhere"));
    }
}
