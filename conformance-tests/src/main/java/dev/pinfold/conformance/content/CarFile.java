package dev.pinfold.conformance.content;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads a CARv1 that fits in memory, section by section. Source: ipld.io/specs/transport/car/carv1. */
public final class CarFile {
    private static final int MAX_HEADER = 1 << 20;
    private static final int MAX_SECTION = (2 << 20) + 256;

    private CarFile() {}

    /** One block with the CID that the file gives it. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Section(Cids.Cid cid, byte[] data) {}

    /** The sections, or the sentence that says why this is no CAR. */
    public record Parsed(List<Section> sections, Optional<String> problem) {
        public boolean contains(Cids.Cid cid) {
            return sections.stream()
                    .anyMatch(section -> section.cid().multihashKey().equals(cid.multihashKey()));
        }
    }

    public static Parsed read(byte[] file) {
        List<Section> sections = new ArrayList<>();
        Varint.Reader reader = new Varint.Reader(file, 0);
        long header = reader.next();
        if (header <= 0 || header > MAX_HEADER || header > file.length - reader.position()) {
            return new Parsed(sections, Optional.of("the CAR header is missing or cut off"));
        }
        int at = reader.position();
        if (!headerSaysVersionOne(Arrays.copyOfRange(file, at, at + (int) header))) {
            return new Parsed(sections, Optional.of("the CAR header does not say version 1"));
        }
        at += (int) header;
        while (at < file.length) {
            Varint.Reader next = new Varint.Reader(file, at);
            long length = next.next();
            if (length <= 0 || length > MAX_SECTION || length > file.length - next.position()) {
                return new Parsed(sections, Optional.of("section " + sections.size() + " is cut off or too long"));
            }
            int end = next.position() + (int) length;
            Optional<Cids.Cid> cid = Cids.read(file, next.position());
            if (cid.isEmpty() || next.position() + cid.get().bytes().length > end) {
                return new Parsed(sections, Optional.of("section " + sections.size() + " does not start with a CID"));
            }
            int data = next.position() + cid.get().bytes().length;
            sections.add(new Section(cid.get(), Arrays.copyOfRange(file, data, end)));
            at = end;
        }
        return new Parsed(sections, Optional.empty());
    }

    /** dag-cbor map with the entry "version": 1; the roots are unspecified in gateway answers and not looked at. */
    private static boolean headerSaysVersionOne(byte[] header) {
        byte[] entry = {0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n', 0x01};
        for (int i = 0; i + entry.length <= header.length; i++) {
            if (Arrays.equals(header, i, i + entry.length, entry, 0, entry.length)) {
                return true;
            }
        }
        return false;
    }
}
