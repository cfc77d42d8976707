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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lets lost copies be made elsewhere, no faster than the policy says, and remembers for one batch which those are. */
final class RepairQueue {
    private final Pace pace;
    private final Map<String, Set<String>> begun = new HashMap<>();

    RepairQueue(Upkeep.Repair rule, Repairs underWay) {
        this.pace = new Pace(rule, underWay.contents(), underWay.bytesToday(), underWay.into());
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
        String limit = pace.begin(news, size == null ? assumedSize : size);
        if (limit == null) {
            begun.computeIfAbsent(work.content(), content -> new HashSet<>()).addAll(news);
            return null;
        }
        return "its lost copy is made elsewhere once other repairs are done (" + limit + ")";
    }

    /** Where a content gets copies in place of lost ones. */
    Set<String> begun(String content) {
        return begun.getOrDefault(content, Set.of());
    }
}
