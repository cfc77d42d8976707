package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Block;
import dev.pinfold.content.car.CarReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The first verified block from a source, and what comes after it.
 *
 * @param rest the CAR that goes on after the block; null when the block came alone
 * @param stream the stream under the CAR
 * @param whole whether the CAR was to bring everything that is left, and not only what lies below the block
 */
record Opened(
        Block first, @Nullable CarReader rest, @Nullable InputStream stream, boolean whole) implements Closeable {
    static Opened alone(Block block) {
        return new Opened(block, null, null, false);
    }

    @Override
    public void close() {
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException e) {
                // It is given up either way.
            }
        }
    }
}
