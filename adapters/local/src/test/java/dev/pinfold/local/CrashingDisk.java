package dev.pinfold.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A disk that stops before its N-th step, and does nothing more: a crash. With a power cut, what was written and not
 * forced is cut to half as well.
 */
final class CrashingDisk extends Disk {
    /** The machine is off: nothing may catch this and go on. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("crash", null, false, false);
        }
    }

    private final boolean powerCut;
    private final Map<FileChannel, Path> names = new HashMap<>();
    private final Map<Path, Boolean> unforced = new HashMap<>();
    private long stepsLeft;
    private boolean off;

    CrashingDisk(long stepsLeft, boolean powerCut) {
        super(false);
        this.stepsLeft = stepsLeft;
        this.powerCut = powerCut;
    }

    /** Whether the crash has happened. */
    boolean off() {
        return off;
    }

    private void step() throws IOException {
        if (!off && stepsLeft-- > 0) {
            return;
        }
        if (!off) {
            off = true;
            if (powerCut) {
                for (Path file : unforced.keySet()) {
                    loseHalf(file);
                }
            }
        }
        throw new Crash();
    }

    private static void loseHalf(Path file) throws IOException {
        if (Files.exists(file)) {
            try (FileChannel channel = FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() / 2);
            }
        }
    }

    @Override
    FileChannel create(Path file) throws IOException {
        step();
        FileChannel channel = super.create(file);
        names.put(channel, file);
        return channel;
    }

    @Override
    void write(FileChannel file, ByteBuffer bytes) throws IOException {
        step();
        super.write(file, bytes);
        unforced.put(java.util.Objects.requireNonNull(names.get(file)), true);
    }

    @Override
    void force(FileChannel file) throws IOException {
        step();
        unforced.remove(names.get(file));
    }

    @Override
    void move(Path from, Path to) throws IOException {
        step();
        super.move(from, to);
        if (unforced.remove(from) != null) {
            unforced.put(to, true);
        }
    }

    @Override
    void forceFolder(Path folder) throws IOException {
        step();
    }

    @Override
    void delete(Path file) throws IOException {
        step();
        super.delete(file);
        unforced.remove(file);
    }

    @Override
    void makeFolder(Path folder) throws IOException {
        step();
        super.makeFolder(folder);
    }
}
