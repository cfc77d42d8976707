package dev.pinfold.broker.chaos;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tells by the statements of a broker which checkpoint of a deal is being written, of deals alone that were ordered since
 * {@link #begin}. What is written in a transaction has a second moment: its commit.
 */
final class DealStatements implements SqlProxy.Reader {
    private static final int STATE = 3;

    private final Map<UUID, String> deals = new HashMap<>();
    /** What an open transaction has written, by connection. */
    private final Map<Object, String> open = new HashMap<>();

    /** From now on older deals do not matter. */
    synchronized void begin() {
        deals.clear();
        open.clear();
    }

    @Override
    public synchronized String name(Object link, String sql, List<byte @Nullable []> values) {
        String line = sql.replaceAll("\\s+", " ").strip();
        if (line.equals("COMMIT")) {
            String written = open.remove(link);
            return written == null ? "" : "the commit of " + written;
        }
        if (line.equals("BEGIN") || line.equals("ROLLBACK")) {
            open.remove(link);
            return "";
        }
        String name = checkpoint(line, values);
        if (!name.isEmpty()) {
            open.put(link, name);
        }
        return name;
    }

    private String checkpoint(String line, List<byte @Nullable []> values) {
        if (line.startsWith("UPDATE piece SET state = 'sealed'")) {
            return "piece sealed";
        }
        if (line.startsWith("INSERT INTO deal ")) {
            deals.put(uuid(values.getFirst()), "ordered");
            return "deal ordered";
        }
        if (!line.startsWith("UPDATE deal SET state = ")) {
            return "";
        }
        UUID deal = uuid(values.getFirst());
        String state = new String(value(values.get(STATE)), StandardCharsets.UTF_8);
        boolean moved = deals.containsKey(deal) && !state.equals(deals.put(deal, state));
        return moved ? "deal " + state : "";
    }

    private static UUID uuid(byte @Nullable [] value) {
        ByteBuffer bytes = ByteBuffer.wrap(value(value));
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    private static byte[] value(byte @Nullable [] value) {
        if (value == null) {
            throw new AssertionError("a deal's id or state is NULL");
        }
        return value;
    }
}
