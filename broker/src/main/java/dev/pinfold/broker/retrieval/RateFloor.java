package dev.pinfold.broker.retrieval;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Ends a stream that drips. Only time spent waiting for bytes counts, not time that their reader takes. */
final class RateFloor extends FilterInputStream {
    private final long windowNanos;
    private final long floorBytes;
    private long waited;
    private long bytes;

    RateFloor(InputStream in, Duration window, long bytesPerSecond) {
        super(in);
        this.windowNanos = window.toNanos();
        this.floorBytes = bytesPerSecond * Math.max(1, window.toMillis()) / 1000;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        long started = System.nanoTime();
        int read = in.read(target, offset, length);
        waited += System.nanoTime() - started;
        bytes += Math.max(0, read);
        if (waited >= windowNanos) {
            if (read >= 0 && bytes < floorBytes) {
                throw new SocketTimeoutException("only " + bytes + " bytes in "
                        + Duration.ofNanos(waited).toMillis() + " ms");
            }
            waited = 0;
            bytes = 0;
        }
        return read;
    }
}
