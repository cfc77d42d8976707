package dev.pinfold.kit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A port on loopback that stays ours while nobody listens on it, so that a server can go down and come up under the same
 * number: while it is down, a socket that is bound and does not listen keeps others away, and a connection is refused as
 * on any closed port. Not safe for use from several threads at once.
 */
public final class HeldPort {
    // Below the ports that most systems hand out by themselves.
    private static final int FIRST = 20_000;
    private static final int LAST = 31_999;
    private static final int TRIES = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(20);

    /**
     * Ports that this process was given. None is given twice: servers of one Vert.x share a port where the system would refuse
     * it, and then each gets a part of the other's requests.
     */
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private int number;
    private @Nullable Socket holder;

    /** @param number the port to use, or 0 for any that is free */
    public HeldPort(int number) {
        this.number = number;
    }

    /** The number of the port; 0 where any would do and nothing has listened yet. */
    public int number() {
        return number;
    }

    /**
     * Starts to listen.
     *
     * @param listen starts a server on the port that it is given, with {@code SO_REUSEADDR}, and fails with a
     *     {@link RuntimeException} where the port is taken
     * @throws IllegalStateException where no port could be had
     */
    public <T> T listen(IntFunction<T> listen) {
        T server = number == 0 ? listenAnywhere(listen) : listenHere(listen);
        free();
        return server;
    }

    /**
     * Keeps the port after its server has been closed, until the next {@link #listen}. Where somebody else was faster it is
     * not kept, and {@code listen} waits for it.
     */
    public void hold() {
        Socket socket = new Socket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), number));
            holder = socket;
        } catch (IOException e) {
            closeQuietly(socket);
        }
    }

    /** Lets the port go, if it is held. */
    public void free() {
        Socket held = holder;
        holder = null;
        if (held != null) {
            closeQuietly(held);
        }
    }

    private <T> T listenAnywhere(IntFunction<T> listen) {
        RuntimeException last = null;
        for (int tries = 0; tries < TRIES; tries++) {
            int at = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
            if (GIVEN.add(at)) {
                try {
                    T server = listen.apply(at);
                    number = at;
                    return server;
                } catch (RuntimeException taken) {
                    last = taken;
                }
            }
        }
        throw new IllegalStateException("found no free port on 127.0.0.1", last);
    }

    // Some systems do not share a port between the holder and a listener, and some keep it for a while after its use.
    private <T> T listenHere(IntFunction<T> listen) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return listen.apply(number);
            } catch (RuntimeException taken) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("cannot listen on 127.0.0.1:" + number, taken);
                }
                free();
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing was sent through it, and nobody waits for it.
        }
    }
}
