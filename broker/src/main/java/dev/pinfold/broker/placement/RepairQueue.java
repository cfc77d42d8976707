package dev.pinfold.broker.placement;

import dev.pinfold.broker.store.PlacementStore.CopyWork;
import dev.pinfold.broker.store.PlacementStore.Work;
import dev.pinfold.broker.store.Repairs;
import dev.pinfold.policy.Upkeep;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lets lost copies be made elsewhere, no faster than the policy says, and remembers for one batch which those are. */
final class RepairQueue {
    private final Upkeep.Repair rule;
    private final Supplier<Repairs> underWay;
    private final Map<String, Set<String>> begun = new HashMap<>();
    private @Nullable Pace pace;

    /** @param underWay asked for once, and only when something is to be repaired */
    RepairQueue(Upkeep.Repair rule, Supplier<Repairs> underWay) {
        this.rule = rule;
        this.underWay = underWay;
    }

    /**
     * Asks for the copies that a content shall get in place of lost ones.
     *
     * @param providers where copies shall be; those that have one, in whatever state, are no repair
     * @param assumedSize what counts where the size is not known
     * @return why it has to wait; null where it may begin
     */
    @Nullable
    String begin(Work work, Collection<String> providers, long assumedSize) {
        Set<String> known =
                work.copies().stream().map(CopyWork::provider).collect(Collectors.toCollection(HashSet::new));
        known.addAll(begun(work.content()));
        List<String> news = providers.stream().filter(p -> !known.contains(p)).toList();
        if (news.isEmpty()) {
            return null;
        }
        Long size = work.sizeBytes();
        String limit = pace().begin(news, size == null ? assumedSize : size);
        if (limit == null) {
            begun.computeIfAbsent(work.content(), content -> new HashSet<>()).addAll(news);
            return null;
        }
        return "its lost copy is made elsewhere once other repairs are done (" + limit + ")";
    }

    private Pace pace() {
        Pace known = pace;
        if (known == null) {
            Repairs now = underWay.get();
            known = new Pace(rule, now.contents(), now.bytesToday(), now.into());
            pace = known;
        }
        return known;
    }

    /** Where a content gets copies in place of lost ones. */
    Set<String> begun(String content) {
        return begun.getOrDefault(content, Set.of());
    }
}
