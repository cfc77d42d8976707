package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Cid;
import java.util.List;

/** Is told what is read, to find out which cold content is popular. Must not block. */
interface Unfreezer {
    /** Unfreezes nothing. */
    Unfreezer NONE = new Unfreezer() {
        @Override
        public void read(Cid root) {}

        @Override
        public void found(Cid root, List<Ledger.Copy> copies) {}
    };

    /** Somebody reads a content. */
    void read(Cid root);

    /** These are the copies of a content that is read. */
    void found(Cid root, List<Ledger.Copy> copies);
}
