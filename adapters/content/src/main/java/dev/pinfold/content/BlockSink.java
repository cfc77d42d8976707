package dev.pinfold.content;

import java.io.IOException;

/** Where blocks go as they are made or received, for example a store or a CAR. */
@FunctionalInterface
public interface BlockSink {
    /** Takes one block. The same block may be given more than once. Returning means that the sink has it. */
    void accept(Block block) throws IOException;
}
