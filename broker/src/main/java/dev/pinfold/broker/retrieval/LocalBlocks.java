package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.retrieval.Story.Origin;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The blocks of one root that are on this machine: staged on their way to providers, or cached from earlier reads. */
final class LocalBlocks {
    private static final Logger log = LoggerFactory.getLogger(LocalBlocks.class);

    private final Optional<Staged> staged;
    private final BlockCache cache;
    private final Metrics metrics;

    LocalBlocks(Optional<Staged> staged, BlockCache cache, Metrics metrics) {
        this.staged = staged;
        this.cache = cache;
        this.metrics = metrics;
    }

    /** The verified block; null when it is not here. */
    @Nullable
    Block find(Cid cid, Story story) {
        Block block = staged.isPresent() ? fromStaging(staged.get(), cid) : null;
        if (block != null) {
            count(story, Origin.STAGING, block.size());
            return block;
        }
        block = cache.find(cid);
        metrics.cacheAsked(block != null ? "hit" : "miss");
        if (block != null) {
            count(story, Origin.CACHE, block.size());
        }
        return block;
    }

    boolean has(Cid cid) {
        return cache.has(cid);
    }

    private static @Nullable Block fromStaging(Staged staged, Cid cid) {
        try {
            byte[] bytes = staged.find(cid);
            return bytes == null ? null : Block.verified(cid, bytes);
        } catch (ContentException e) {
            log.warn("event=staging.damaged cid={} block={}", staged.root(), cid);
        } catch (IOException e) {
            // Swept meanwhile, or the disk is bad: providers have it too.
            log.debug("event=staging.unreadable cid={} failure=\"{}\"", staged.root(), e.toString());
        }
        return null;
    }

    /** A block came from a provider and was verified. */
    void learned(Block block, Ledger.Copy from, Story story) {
        cache.offer(block);
        count(story, from.cold() ? Origin.COLD : Origin.HOT, block.size());
    }

    private void count(Story story, Origin origin, long bytes) {
        story.moved(origin, bytes);
        metrics.retrieved(origin.label(), bytes);
    }
}
