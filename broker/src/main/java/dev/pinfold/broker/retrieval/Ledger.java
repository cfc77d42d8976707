package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Cid;
import dev.pinfold.policy.RetrievalRule;
import java.util.List;

/** What the broker's own books say of who has a content, and where findings of readers go. */
interface Ledger {
    /**
     * A copy that could be read.
     *
     * @param source where it is
     * @param cold whether reading it needs a retrieval first
     * @param fresh whether it was proven lately
     * @param barred why it is not asked now; empty when it is
     */
    record Copy(FetchSource source, boolean cold, boolean fresh, String barred) {}

    /** The copies of the DAG below a root, in no particular order. */
    List<Copy> copies(Cid root);

    /** How reads of this content race: what the classes of its pins say. */
    default RetrievalRule rule(Cid root) {
        return RetrievalRule.DEFAULT;
    }

    /** A source gave bytes that are not those of their CID: its copy counts no longer, and this is kept as evidence. */
    void wrongBytes(Cid root, String source, String evidence);

    /** A source lacks a block that it should have: its copy is to be checked now. */
    void missing(Cid root, String source, String detail);
}
