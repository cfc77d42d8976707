package dev.pinfold.policy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One pin that wants a placement.
 *
 * @param token the token's name (never its secret); empty when unknown
 * @param tenant the tenant's name; empty when unknown
 * @param tokenLabels labels of the token
 * @param name the pin's name; empty when it has none
 * @param meta the pin's meta
 * @param cid the CID as text; seeds the tie-break
 * @param sizeBytes the DAG's size; null while unknown
 * @param existing ids of the providers that hold a copy now
 * @param spending what was spent this month
 * @param mayRebalance whether a cheaper set may replace healthy copies when the policy's hysteresis is passed; false
 *     asks only for what is missing (repair)
 */
public record PlacementRequest(
        String token,
        String tenant,
        SortedMap<String, String> tokenLabels,
        String name,
        SortedMap<String, String> meta,
        String cid,
        @Nullable Long sizeBytes,
        List<String> existing,
        Spending spending,
        boolean mayRebalance) {

    /** Copies the collections; existing ids are sorted and without repetition. */
    public PlacementRequest {
        if (sizeBytes != null && sizeBytes < 0) {
            throw new IllegalArgumentException("sizeBytes must not be negative: " + sizeBytes);
        }
        tokenLabels = Collections.unmodifiableSortedMap(new TreeMap<>(tokenLabels));
        meta = Collections.unmodifiableSortedMap(new TreeMap<>(meta));
        existing = existing.stream().distinct().sorted().toList();
    }

    /** A first placement of a CID: no tenant, meta, existing copies or spending; refine it with the {@code with…} methods. */
    public static PlacementRequest of(String token, String name, String cid, @Nullable Long sizeBytes) {
        return new PlacementRequest(
                token, "", new TreeMap<>(), name, new TreeMap<>(), cid, sizeBytes, List.of(), Spending.NOTHING, true);
    }

    /** The same request of that tenant. */
    public PlacementRequest withTenant(String replaced) {
        return new PlacementRequest(
                token, replaced, tokenLabels, name, meta, cid, sizeBytes, existing, spending, mayRebalance);
    }

    /** The same request by a token with these labels. */
    public PlacementRequest withTokenLabels(Map<String, String> replaced) {
        return new PlacementRequest(
                token, tenant, new TreeMap<>(replaced), name, meta, cid, sizeBytes, existing, spending, mayRebalance);
    }

    /** The same request with that meta. */
    public PlacementRequest withMeta(Map<String, String> replaced) {
        return new PlacementRequest(
                token,
                tenant,
                tokenLabels,
                name,
                new TreeMap<>(replaced),
                cid,
                sizeBytes,
                existing,
                spending,
                mayRebalance);
    }

    /** The same request with copies at these providers. */
    public PlacementRequest withExisting(List<String> replaced) {
        return new PlacementRequest(
                token, tenant, tokenLabels, name, meta, cid, sizeBytes, replaced, spending, mayRebalance);
    }

    /** The same request after that spending. */
    public PlacementRequest withSpending(Spending replaced) {
        return new PlacementRequest(
                token, tenant, tokenLabels, name, meta, cid, sizeBytes, existing, replaced, mayRebalance);
    }

    /** The same request, asking only for what is missing when false. */
    public PlacementRequest withRebalance(boolean replaced) {
        return new PlacementRequest(
                token, tenant, tokenLabels, name, meta, cid, sizeBytes, existing, spending, replaced);
    }
}
