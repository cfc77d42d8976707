package dev.pinfold.broker.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** One line on a watched terminal that grows with the bytes; silent where nobody watches. Safe for many threads. */
final class ProgressBar implements AutoCloseable {
    private static final int WIDTH = 28;
    private static final long REDRAW_NANOS = 100_000_000L;

    private final @Nullable PrintWriter err;
    private final String label;
    private final long total;
    private long done;
    private long drawn;

    /**
     * Starts a bar.
     *
     * @param total how many bytes there will be; negative when that is not known
     */
    ProgressBar(PrintWriter err, boolean terminal, String label, long total) {
        this.err = terminal ? err : null;
        this.label = BrokerClient.printable(label);
        this.total = total;
    }

    synchronized void add(long bytes) {
        done += bytes;
        long now = System.nanoTime();
        if (err != null && now - drawn >= REDRAW_NANOS) {
            drawn = now;
            err.print("\r" + line() + "\u001b[K");
            err.flush();
        }
    }

    synchronized String line() {
        if (total <= 0) {
            return label + "  " + Bytes.show(done);
        }
        int filled = (int) (Math.min(done, total) * WIDTH / total);
        String bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
        return label + "  " + bar + "  " + Math.min(done, total) * 100 / total + " %  " + Bytes.show(done) + " of "
                + Bytes.show(total);
    }

    @Override
    public synchronized void close() {
        if (err != null) {
            err.print("\r\u001b[K");
            err.flush();
        }
    }
}
