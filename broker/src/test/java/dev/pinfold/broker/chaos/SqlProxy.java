package dev.pinfold.broker.chaos;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a broker and its PostgreSQL and reads along, so that a test can act at an exact statement: before the
 * server hears of it, or when the server has carried it out and the broker does not know yet. Understands as much of the
 * frontend/backend protocol 3.0 as that takes (PostgreSQL documentation, "Message Formats").
 */
final class SqlProxy implements AutoCloseable {
    /** Says what a watcher is told of a statement. */
    interface Reader {
        /**
         * What it is called; "" for one that does not matter.
         *
         * @param link stands for the connection, so that a commit can be told from another
         * @param values of its parameters, as they are on the wire; null for SQL's null
         */
        String name(Object link, String sql, List<byte @Nullable []> values);
    }

    /** Told of every statement. */
    interface Watcher {
        /** A statement is about to reach the server; true: it never does, and the connection ends. */
        boolean before(String sql);

        /** The server has carried a statement out; true: the broker never learns of it. */
        boolean after(String sql, int rows);

        /** What was kept from the broker is committed now. */
        void kept();
    }

    private final UnixDomainSocketAddress server;
    private final Reader reader;
    private final Watcher watcher;
    private final ServerSocketChannel listener;

    /**
     * @param socketFolder where the server's socket is
     */
    SqlProxy(Path socketFolder, Reader reader, Watcher watcher) throws IOException {
        this.server = UnixDomainSocketAddress.of(socketFolder.resolve(".s.PGSQL.5432"));
        this.reader = reader;
        this.watcher = watcher;
        this.listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofVirtual().start(this::accept);
    }

    int port() throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    private void accept() {
        while (true) {
            try {
                new Link(listener.accept(), SocketChannel.open(server)).start();
            } catch (IOException e) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    /** A statement with its parameters. */
    private record Bound(String sql, List<byte @Nullable []> values) {
        static final Bound NOTHING = new Bound("", List.of());
    }

    /** One connection of the broker. */
    private final class Link {
        private final SocketChannel broker;
        private final SocketChannel database;
        private final Map<String, String> statements = new ConcurrentHashMap<>();
        private final Map<String, Bound> portals = new ConcurrentHashMap<>();
        private final Queue<String> running = new ConcurrentLinkedQueue<>();
        private boolean keeping;
        /** Whether the transaction has changed something: a commit of nothing is no step. */
        private volatile boolean changed;

        Link(SocketChannel broker, SocketChannel database) {
            this.broker = broker;
            this.database = database;
        }

        void start() {
            Thread.ofVirtual().start(() -> pump(broker, database, true));
            Thread.ofVirtual().start(() -> pump(database, broker, false));
        }

        private void pump(SocketChannel from, SocketChannel to, boolean asking) {
            try (from;
                    to;
                    DataInputStream in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(from)));
                    DataOutputStream out =
                            new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(to)))) {
                boolean first = asking;
                while (true) {
                    int type = first ? 0 : in.readUnsignedByte();
                    int length = in.readInt();
                    byte[] body = in.readNBytes(length - 4);
                    if (!first && (asking ? stopsAt(type, body) : stopsAfter(type, body))) {
                        return;
                    }
                    if (asking || !keeping) {
                        if (!first) {
                            out.writeByte(type);
                        }
                        out.writeInt(length);
                        out.write(body);
                        if (in.available() == 0) {
                            out.flush();
                        }
                    }
                    first = false;
                }
            } catch (IOException e) {
                // One of the two has gone; closing both tells the other.
            }
        }

        private boolean stopsAt(int type, byte[] body) {
            switch (type) {
                case 'P' -> statements.put(text(body, 0), text(body, 1));
                case 'B' ->
                    portals.put(text(body, 0), new Bound(statements.getOrDefault(text(body, 1), ""), values(body)));
                case 'E', 'Q' -> {
                    Bound bound = type == 'Q'
                            ? new Bound(text(body, 0), List.of())
                            : portals.getOrDefault(text(body, 0), Bound.NOTHING);
                    String sql = bound.sql();
                    String shown = sql.equals("COMMIT") && !changed ? "" : reader.name(this, sql, bound.values());
                    if (watcher.before(shown)) {
                        return true;
                    }
                    running.add(shown);
                }
                default -> {}
            }
            return false;
        }

        private boolean stopsAfter(int type, byte[] body) {
            switch (type) {
                case 'C' -> {
                    String sql = running.poll();
                    String tag = text(body, 0);
                    changed = !tag.equals("COMMIT") && !tag.equals("BEGIN") && (changed || changes(tag));
                    // Kept until the server is ready: only then is a statement outside a transaction committed.
                    keeping = keeping || watcher.after(sql == null ? "" : sql, rows(tag));
                }
                case 'E', 'I', 's' -> running.poll();
                case 'Z' -> {
                    if (keeping) {
                        watcher.kept();
                    }
                    return keeping;
                }
                default -> {}
            }
            return false;
        }

        /** The text with this number among those that a message begins with. */
        private static String text(byte[] body, int number) {
            int from = 0;
            for (int skipped = 0; ; skipped++) {
                int end = from;
                while (end < body.length && body[end] != 0) {
                    end++;
                }
                if (skipped == number) {
                    return new String(body, from, end - from, StandardCharsets.UTF_8);
                }
                from = end + 1;
            }
        }

        /** The parameters of a Bind message: behind two names and the list of formats. */
        private static List<byte @Nullable []> values(byte[] body) {
            int names = text(body, 0).getBytes(StandardCharsets.UTF_8).length
                    + text(body, 1).getBytes(StandardCharsets.UTF_8).length
                    + 2;
            ByteBuffer message = ByteBuffer.wrap(body).position(names);
            message.position(message.position() + 2 + 2 * message.getShort(names));
            List<byte @Nullable []> values = new ArrayList<>();
            for (int left = message.getShort(); left > 0; left--) {
                int length = message.getInt();
                byte[] value = length < 0 ? null : new byte[length];
                if (value != null) {
                    message.get(value);
                }
                values.add(value);
            }
            return values;
        }

        private static boolean changes(String tag) {
            return tag.matches("(INSERT|UPDATE|DELETE).* [1-9][0-9]*");
        }

        /** "UPDATE 3" is 3; what counts nothing, like COMMIT, is 1. */
        private static int rows(String tag) {
            String last = tag.substring(tag.lastIndexOf(' ') + 1);
            return last.matches("[0-9]{1,9}") ? Integer.parseInt(last) : 1;
        }
    }
}
