package dev.pinfold.conformance.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Undoes gzip up to a limit. */
public final class Inflate {
    private Inflate() {}

    /** The plain bytes; an IOException says that the data is not gzip, or grows beyond the limit. */
    public static byte[] gzip(byte[] packed, int limit) throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        byte[] buffer = new byte[16 << 10];
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (plain.size() + n > limit) {
                    throw new IOException("the body grows beyond " + limit + " bytes when it is inflated");
                }
                plain.write(buffer, 0, n);
            }
        }
        return plain.toByteArray();
    }
}
