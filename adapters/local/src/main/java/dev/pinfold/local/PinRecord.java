package dev.pinfold.local;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One order that is stored, as it stands in its file: lines of text, the last one a checksum of the others.
 *
 * @param key the order's key, also the pin's id
 * @param cid the root
 * @param blocks number of blocks below and with the root
 * @param bytes their total size
 * @param packs names of the packs that hold them
 */
record PinRecord(String key, Cid cid, long blocks, long bytes, List<String> packs) {
    private static final String FORMAT = "pinfold-pin 1";

    PinRecord {
        packs = List.copyOf(packs);
    }

    /** The file's name: hexadecimal, because keys differ by case and not every file system does. */
    static String fileName(String key) {
        return HexFormat.of().formatHex(key.getBytes(StandardCharsets.US_ASCII));
    }

    byte[] write() {
        StringBuilder text = new StringBuilder(FORMAT).append('\n');
        text.append("key ").append(key).append('\n');
        text.append("cid ").append(cid).append('\n');
        text.append("blocks ").append(blocks).append('\n');
        text.append("bytes ").append(bytes).append('\n');
        packs.forEach(pack -> text.append("pack ").append(pack).append('\n'));
        // The checksum is of what stands before its own line.
        String sum = sum(text.toString());
        return text.append("sum ").append(sum).append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Reads a file; empty where it is damaged. */
    static Optional<PinRecord> read(byte[] file) {
        String text = new String(file, StandardCharsets.UTF_8);
        int last = text.lastIndexOf("sum ");
        if (last < 0
                || !text.startsWith(FORMAT)
                || !text.substring(last).equals("sum " + sum(text.substring(0, last)) + "\n")) {
            return Optional.empty();
        }
        List<String> lines = text.lines().toList();
        List<String> packs = new ArrayList<>();
        lines.stream().filter(line -> line.startsWith("pack ")).forEach(line -> packs.add(line.substring(5)));
        try {
            return Optional.of(new PinRecord(
                    value(lines, 1, "key "),
                    Cid.parse(value(lines, 2, "cid ")),
                    Long.parseLong(value(lines, 3, "blocks ")),
                    Long.parseLong(value(lines, 4, "bytes ")),
                    packs));
        } catch (IllegalArgumentException | ContentException e) {
            return Optional.empty();
        }
    }

    private static String value(List<String> lines, int line, String word) {
        if (line >= lines.size() || !lines.get(line).startsWith(word)) {
            throw new IllegalArgumentException("line " + line + " should begin with '" + word + "'");
        }
        return lines.get(line).substring(word.length());
    }

    private static String sum(String text) {
        CRC32C sum = new CRC32C();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(sum.getValue());
    }
}
