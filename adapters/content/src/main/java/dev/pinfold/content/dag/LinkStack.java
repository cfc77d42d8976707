package dev.pinfold.content.dag;

import dev.pinfold.content.Cid;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The links that wait to be followed, depth first. A block whose last link was taken leaves before that is followed. */
final class LinkStack {
    private final Deque<Level> levels = new ArrayDeque<>();
    private int pending;

    void push(List<Cid> links) {
        if (!links.isEmpty()) {
            levels.push(new Level(links));
            pending += links.size();
        }
    }

    @Nullable
    Cid peek() {
        Level top = levels.peek();
        return top == null ? null : top.links.get(top.next);
    }

    @Nullable
    Cid pop() {
        Level top = levels.peek();
        if (top == null) {
            return null;
        }
        Cid cid = top.links.get(top.next++);
        pending--;
        if (top.next == top.links.size()) {
            levels.pop();
        }
        return cid;
    }

    /** The first {@code most} links in the order in which they would be popped. */
    List<Cid> next(int most) {
        List<Cid> found = new ArrayList<>();
        for (Level level : levels) {
            for (int i = level.next; i < level.links.size() && found.size() < most; i++) {
                found.add(level.links.get(i));
            }
        }
        return found;
    }

    int depth() {
        return levels.size();
    }

    int pending() {
        return pending;
    }

    private static final class Level {
        private final List<Cid> links;
        private int next;

        Level(List<Cid> links) {
            this.links = links;
        }
    }
}
