package dev.pinfold.content.car;

import dev.pinfold.content.ContentException;
import dev.pinfold.content.Hasher;
import dev.pinfold.content.Varint;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A buffered view of the stream under a CAR, which counts bytes and can be told where the payload ends. */
final class CarInput {
    private static final int BUFFER = 64 << 10;
    /** As much as the JDK takes from a socket with one call, and still in the processor's cache afterwards. */
    private static final int MOST_AT_ONCE = 128 << 10;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int filled;
    private long position;
    private long payloadEnd = Long.MAX_VALUE;

    CarInput(InputStream in) {
        this.in = in;
    }

    /** How many bytes were taken. */
    long position() {
        return position;
    }

    /** From here on, the input ends after {@code bytes} more. */
    void limit(long bytes) {
        payloadEnd = position + bytes;
    }

    byte[] buffer() {
        return buffer;
    }

    int start() {
        return at;
    }

    /** Makes {@code wanted} bytes (at most the buffer) available from {@link #start()} on; fewer at the end of input. */
    int peek(int wanted) throws IOException {
        if (filled - at < wanted) {
            System.arraycopy(buffer, at, buffer, 0, filled - at);
            filled -= at;
            at = 0;
            while (filled < wanted) {
                int read = in.read(buffer, filled, BUFFER - filled);
                if (read < 0) {
                    break;
                }
                filled += read;
            }
        }
        return (int) Math.min(Math.min(wanted, filled - at), payloadEnd - position);
    }

    void skipPeeked(int bytes) {
        at += bytes;
        position += bytes;
    }

    /** Fills {@code target}, feeding what arrives to {@code hasher} while it is still in the processor's cache. */
    void readFully(byte[] target, @Nullable Hasher hasher) throws IOException {
        if (target.length > payloadEnd - position) {
            throw new EOFException();
        }
        int done = 0;
        while (done < target.length) {
            int read;
            if (filled > at) {
                read = Math.min(target.length - done, filled - at);
                System.arraycopy(buffer, at, target, done, read);
                at += read;
            } else {
                read = in.read(target, done, Math.min(target.length - done, MOST_AT_ONCE));
                if (read < 0) {
                    throw new EOFException();
                }
            }
            if (hasher != null) {
                hasher.update(target, done, read);
            }
            done += read;
            position += read;
        }
    }

    /** Reads a varint; −1 when the input ends before it. */
    long varint(String what) throws IOException {
        int available = peek(Varint.MAX_BYTES);
        if (available == 0) {
            return -1;
        }
        // A section may be shorter than the longest varint; only a varint that goes on past the end is cut.
        long value = Varint.read(buffer, at, at + available, what);
        skipPeeked(Varint.size(value));
        return value;
    }

    /** Takes all that is left, which must be zero bytes. */
    void requireOnlyPadding(long most) throws IOException {
        long start = position;
        for (int available = peek(BUFFER); available > 0; available = peek(BUFFER)) {
            for (int i = 0; i < available; i++) {
                if (buffer[at + i] != 0) {
                    throw ContentException.malformed("CAR, byte " + (position + i)
                            + ": data after a zero-length section; only zero bytes may follow it");
                }
            }
            skipPeeked(available);
            if (position - start > most) {
                throw ContentException.tooLarge(
                        "CAR, byte " + position + ": more than " + most + " zero bytes after the last section");
            }
        }
    }

    /** Moves on to {@code target}, a count of bytes from the start. */
    void skipTo(long target) throws IOException {
        while (position < target) {
            int available = peek((int) Math.min(BUFFER, target - position));
            if (available == 0) {
                throw new EOFException();
            }
            skipPeeked(available);
        }
    }
}
