package dev.pinfold.broker.retrieval;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Finds the HTTP URL in an origin: a multiaddr such as {@code /dns4/example.org/tcp/443/https/p2p/…} or
 * {@code /ip4/192.0.2.1/tcp/80/http/http-path/gateway}, or a plain http(s) URL. Source: multiformats/multiaddr.
 */
final class OriginAddress {
    private OriginAddress() {}

    /** An address that does not lead to an HTTP endpoint. */
    static final class NotHttp extends Exception {
        private static final long serialVersionUID = 1L;

        NotHttp(String message) {
            super(message);
        }
    }

    /** The base URL below which {@code /ipfs/…} stands, without a slash at its end. Not yet checked by the guard. */
    static URI base(String origin) throws NotHttp {
        if (origin.length() > 2048) {
            throw new NotHttp("the address has more than 2048 characters");
        }
        return origin.startsWith("/") ? ofMultiaddr(origin) : ofUrl(origin);
    }

    private static URI ofUrl(String origin) throws NotHttp {
        try {
            URI uri = new URI(origin);
            String scheme = uri.getScheme();
            if (!"http".equalsIgnoreCase(scheme) && !"https".equalsIgnoreCase(scheme)) {
                throw new NotHttp("it is neither a multiaddr nor an http(s) URL");
            }
            String path = uri.getRawPath() == null ? "" : uri.getRawPath();
            int content = path.indexOf("/ipfs/");
            String base = content < 0 ? path : path.substring(0, content);
            return new URI(scheme + "://" + uri.getRawAuthority() + withoutSlash(base));
        } catch (URISyntaxException e) {
            throw new NotHttp("it is not a URL: " + e.getReason());
        }
    }

    private static URI ofMultiaddr(String origin) throws NotHttp {
        Deque<String> parts = new ArrayDeque<>(Arrays.asList(origin.substring(1).split("/", -1)));
        String host = host(parts);
        expect(parts, "tcp");
        String port = value(parts);
        if (!port.matches("\\d{1,5}")) {
            throw new NotHttp("the port is not a number");
        }
        boolean tls = false;
        String path = "";
        String http = null;
        while (!parts.isEmpty()) {
            String part = parts.pop();
            switch (part) {
                case "http" -> http = "http";
                case "https" -> http = "https";
                case "tls" -> tls = true;
                case "sni", "p2p", "ipfs" -> value(parts);
                case "http-path" -> path = withoutSlash("/" + decoded(value(parts)));
                default -> throw new NotHttp("it is not an HTTP address: '" + HostText.shown(part) + "' in it");
            }
        }
        if (http == null) {
            throw new NotHttp("it is not an HTTP address");
        }
        return uri((tls ? "https" : http) + "://" + host + ":" + port, path);
    }

    private static String host(Deque<String> parts) throws NotHttp {
        String kind = value(parts);
        String host = value(parts);
        return switch (kind) {
            case "dns", "dns4", "dns6", "ip4" -> host;
            case "ip6" -> "[" + host + "]";
            default ->
                throw new NotHttp("it begins with '" + HostText.shown(kind) + "', not with an IP address or a name");
        };
    }

    private static URI uri(String authority, String path) throws NotHttp {
        try {
            // The path was given decoded; the three-argument way encodes it again, so it cannot become a query.
            URI base = new URI(authority);
            return new URI(base.getScheme(), base.getRawAuthority(), path, null, null);
        } catch (URISyntaxException e) {
            throw new NotHttp("it makes no URL: " + e.getReason());
        }
    }

    private static String decoded(String value) throws NotHttp {
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new NotHttp("its http-path is not percent-encoded text");
        }
    }

    private static void expect(Deque<String> parts, String wanted) throws NotHttp {
        if (!value(parts).equals(wanted)) {
            throw new NotHttp("it is not an HTTP address over " + wanted);
        }
    }

    private static String value(Deque<String> parts) throws NotHttp {
        String value = parts.poll();
        if (value == null || value.isEmpty()) {
            throw new NotHttp("the multiaddr ends early");
        }
        return value;
    }

    private static String withoutSlash(String path) {
        String cut = path;
        while (cut.endsWith("/")) {
            cut = cut.substring(0, cut.length() - 1);
        }
        return cut;
    }
}
