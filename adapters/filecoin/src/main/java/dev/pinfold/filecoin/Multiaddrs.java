package dev.pinfold.filecoin;

import dev.pinfold.content.ContentException;
import dev.pinfold.content.Varint;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the HTTP address of a storage provider among the binary multiaddrs that the chain keeps of it, such as
 * {@code /dns/sp.example/tcp/443/https}. Source: multiformats/multiaddr.
 */
final class Multiaddrs {
    private static final int IP4 = 4;
    private static final int TCP = 6;
    private static final int IP6 = 41;
    private static final int DNS = 53;
    private static final int DNS4 = 54;
    private static final int DNS6 = 55;
    private static final int TLS = 448;
    private static final int HTTPS = 443;
    private static final int HTTP = 480;

    private Multiaddrs() {}

    /** The base URLs, in the order of the multiaddrs; others than HTTP, and what cannot be read, are left out. */
    static List<URI> http(List<byte[]> multiaddrs) {
        List<URI> found = new ArrayList<>();
        for (byte[] each : multiaddrs) {
            URI url = url(each);
            if (url != null && !found.contains(url)) {
                found.add(url);
            }
        }
        return found;
    }

    private static @Nullable URI url(byte[] bytes) {
        String host = null;
        int port = -1;
        boolean tls = false;
        try {
            for (int at = 0; at < bytes.length; ) {
                long protocol = Varint.read(bytes, at, bytes.length, "multiaddr");
                at += Varint.size(protocol);
                if (protocol == HTTP || protocol == HTTPS) {
                    return make(tls || protocol == HTTPS, host, port);
                }
                int length = length((int) Math.min(protocol, Integer.MAX_VALUE), bytes, at);
                if (length < 0) {
                    return null;
                }
                if (protocol == DNS || protocol == DNS4 || protocol == DNS6) {
                    at += Varint.size(length);
                }
                byte[] value = take(bytes, at, length);
                at += length;
                switch ((int) protocol) {
                    case IP4, IP6 -> host = address(value);
                    case DNS, DNS4, DNS6 -> host = new String(value, StandardCharsets.UTF_8);
                    case TCP -> port = ((value[0] & 0xff) << 8) | (value[1] & 0xff);
                    default -> tls = true;
                }
            }
        } catch (ContentException | UnknownHostException e) {
            return null;
        }
        return null;
    }

    /** The length of a protocol's value; −1 for a protocol that leads to no HTTP. */
    private static int length(int protocol, byte[] bytes, int at) {
        return switch (protocol) {
            case IP4 -> 4;
            case IP6 -> 16;
            case TCP -> 2;
            case TLS -> 0;
            case DNS, DNS4, DNS6 -> (int) Math.min(Varint.read(bytes, at, bytes.length, "multiaddr"), bytes.length);
            default -> -1;
        };
    }

    private static byte[] take(byte[] bytes, int at, int length) {
        if (length > bytes.length - at) {
            throw ContentException.malformed("a multiaddr ends early");
        }
        return Arrays.copyOfRange(bytes, at, at + length);
    }

    private static String address(byte[] value) throws UnknownHostException {
        String text = InetAddress.getByAddress(value).getHostAddress();
        return value.length == 16 ? "[" + text + "]" : text;
    }

    private static @Nullable URI make(boolean tls, @Nullable String host, int port) {
        if (host == null || !host.matches("[A-Za-z0-9.:\\[\\]-]{1,253}")) {
            return null;
        }
        boolean usual = port < 0 || port == (tls ? 443 : 80);
        try {
            return new URI((tls ? "https://" : "http://") + host + (usual ? "" : ":" + port));
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
