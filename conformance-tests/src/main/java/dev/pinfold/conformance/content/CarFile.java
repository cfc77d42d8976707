package dev.pinfold.conformance.content;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads a CARv1 that fits in memory, section by section. Source: ipld.io/specs/transport/car/carv1. */
public final class CarFile {
    private static final int MAX_HEADER = 1 << 20;
    private static final int MAX_SECTION = (2 << 20) + 256;
    /** The dag-cbor map entry "version": 1. */
    private static final byte[] VERSION_ONE = {0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n', 0x01};

    private CarFile() {}

    /** One block with the CID that the file gives it. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Section(Cids.Cid cid, byte[] data) {}

    /**
     * What could be read, and the sentence that says why the rest is no CAR.
     *
     * @param header the dag-cbor header, empty when there is none
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Parsed(byte[] header, List<Section> sections, Optional<String> problem) {
        /** Whether the header names exactly this one root. */
        public boolean hasOnlyRoot(Cids.Cid root) {
            return Arrays.equals(header, headerOf(root));
        }
    }

    /** The file with this root and these sections. */
    public static byte[] write(Cids.Cid root, List<Section> sections) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] header = headerOf(root);
        out.writeBytes(Varint.encode(header.length));
        out.writeBytes(header);
        for (Section section : sections) {
            byte[] cid = section.cid().bytes();
            out.writeBytes(Varint.encode(cid.length + section.data().length));
            out.writeBytes(cid);
            out.writeBytes(section.data());
        }
        return out.toByteArray();
    }

    /** {"roots": [root], "version": 1} in dag-cbor, whose canonical form is unique. */
    private static byte[] headerOf(Cids.Cid root) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0xa2, 0x65, 'r', 'o', 'o', 't', 's', (byte) 0x81, (byte) 0xd8, 0x2a});
        int length = root.bytes().length + 1;
        if (length < 24) {
            out.write(0x40 + length);
        } else {
            out.write(0x58);
            out.write(length);
        }
        out.write(0);
        out.writeBytes(root.bytes());
        out.writeBytes(VERSION_ONE);
        return out.toByteArray();
    }

    public static Parsed read(byte[] file) {
        List<Section> sections = new ArrayList<>();
        Varint.Reader reader = new Varint.Reader(file, 0);
        long header = reader.next();
        if (header <= 0 || header > MAX_HEADER || header > file.length - reader.position()) {
            return new Parsed(new byte[0], sections, Optional.of("the CAR header is missing or cut off"));
        }
        int at = reader.position();
        byte[] head = Arrays.copyOfRange(file, at, at + (int) header);
        if (!saysVersionOne(head)) {
            return new Parsed(head, sections, Optional.of("the CAR header does not say version 1"));
        }
        at += (int) header;
        while (at < file.length) {
            Varint.Reader next = new Varint.Reader(file, at);
            long length = next.next();
            if (length <= 0 || length > MAX_SECTION || length > file.length - next.position()) {
                return new Parsed(
                        head, sections, Optional.of("section " + sections.size() + " is cut off or too long"));
            }
            int end = next.position() + (int) length;
            Optional<Cids.Cid> cid = Cids.read(file, next.position());
            if (cid.isEmpty() || next.position() + cid.get().bytes().length > end) {
                return new Parsed(
                        head, sections, Optional.of("section " + sections.size() + " does not start with a CID"));
            }
            int data = next.position() + cid.get().bytes().length;
            sections.add(new Section(cid.get(), Arrays.copyOfRange(file, data, end)));
            at = end;
        }
        return new Parsed(head, sections, Optional.empty());
    }

    /** The roots are unspecified in gateway answers and not looked at here. */
    private static boolean saysVersionOne(byte[] header) {
        for (int i = 0; i + VERSION_ONE.length <= header.length; i++) {
            if (Arrays.equals(header, i, i + VERSION_ONE.length, VERSION_ONE, 0, VERSION_ONE.length)) {
                return true;
            }
        }
        return false;
    }
}
