package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Cid;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The stories of the last retrievals, the newest 500. Safe for use by several threads. */
public final class RetrievalLog {
    private static final int MOST = 500;

    private final Clock clock;
    private final Deque<Story> stories = new ArrayDeque<>();
    private long next = 1;

    public RetrievalLog(Clock clock) {
        this.clock = clock;
    }

    synchronized Story begin(Want want) {
        Story story = new Story(next++, want, clock.instant(), System.nanoTime());
        stories.addFirst(story);
        if (stories.size() > MOST) {
            stories.removeLast();
        }
        return story;
    }

    /**
     * The stories, newest first.
     *
     * @param root only of this content; null for all
     */
    public synchronized List<Story> recent(@Nullable Cid root, int most) {
        Predicate<Story> wanted = root == null
                ? story -> true
                : story -> story.want().root().multihash().equals(root.multihash());
        return new ArrayList<>(stories.stream().filter(wanted).limit(most).toList());
    }
}
