package dev.pinfold.kit.filecoin;

import java.io.ByteArrayOutputStream;

/** The binary multiaddr under which a provider says its HTTP endpoint on chain. */
final class Multiaddress {
    private static final int IP4 = 4;
    private static final int TCP = 6;
    private static final int HTTP = 480;

    private Multiaddress() {}

    /** {@code /ip4/127.0.0.1/tcp/PORT/http}. */
    static byte[] loopbackHttp(int port) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(IP4);
        out.writeBytes(new byte[] {127, 0, 0, 1});
        out.write(TCP);
        out.write(port >> 8);
        out.write(port);
        out.writeBytes(dev.pinfold.content.Varint.encode(HTTP));
        return out.toByteArray();
    }
}
