package dev.pinfold.broker.retrieval;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Decides where the broker may connect to when an address comes from outside: origins, redirects, webhooks.
 *
 * <p>Only http and https, only to the public internet, unless the operator allow-listed the host or its range. The name is
 * resolved here, every address it has is checked, and the caller connects to one of exactly these: asking the DNS again
 * (which may then answer otherwise) is not needed and must not happen.
 */
public final class OutboundGuard {
    /** Turns a name into addresses. */
    public interface Resolver {
        List<InetAddress> resolve(String name) throws UnknownHostException;
    }

    /**
     * Where to connect to.
     *
     * @param uri the URL, without fragment
     * @param host for the Host header and TLS; an IPv6 address without brackets
     * @param port explicit or that of the scheme
     * @param tls whether the scheme is https
     * @param addresses checked; at least one
     */
    public record Target(URI uri, String host, int port, boolean tls, List<InetAddress> addresses) {
        public Target {
            addresses = List.copyOf(addresses);
        }

        /** Path and query as they go into the request line. */
        public String pathAndQuery() {
            String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
            return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
        }
    }

    private final List<AddressBlock> allowedBlocks = new ArrayList<>();
    private final Set<String> allowedHosts = new HashSet<>();
    private final Set<String> allowedHostPorts = new HashSet<>();
    private final Resolver resolver;

    /**
     * A guard.
     *
     * @param allow host names, IP addresses and ranges ({@code 10.1.0.0/16}) that may be connected to although they are
     *     not public
     * @param trusted URLs that the operator configured: their host and port are allowed, nothing else there
     * @throws IllegalArgumentException an entry is neither a host name nor an address nor a range
     */
    public OutboundGuard(List<String> allow, List<URI> trusted, Resolver resolver) {
        this.resolver = resolver;
        for (String entry : allow) {
            addAllowed(entry);
        }
        for (URI uri : trusted) {
            if (uri.getHost() != null) {
                allowedHostPorts.add(hostPort(bare(uri.getHost()).toLowerCase(Locale.ROOT), port(uri)));
            }
        }
    }

    /** A guard that asks this machine's resolver. */
    public static OutboundGuard of(List<String> allow, List<URI> trusted) {
        return new OutboundGuard(allow, trusted, name -> List.of(InetAddress.getAllByName(name)));
    }

    private void addAllowed(String entry) {
        if (entry.indexOf('/') >= 0 || HostText.isAddress(entry)) {
            allowedBlocks.add(AddressBlock.parse(entry));
            return;
        }
        try {
            allowedHosts.add(HostText.name(entry));
        } catch (OutboundRefused e) {
            throw new IllegalArgumentException(
                    "'" + HostText.shown(entry) + "' in the allow-list is neither a host name nor an address: "
                            + e.getMessage(),
                    e);
        }
    }

    /**
     * Checks a URL and resolves it. Blocks while the DNS is asked.
     *
     * @throws OutboundRefused it must not be connected to
     * @throws UnknownHostException its name has no address
     */
    public Target check(URI uri) throws OutboundRefused, UnknownHostException {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new OutboundRefused("only http and https are allowed, not '" + HostText.shown(scheme) + "'");
        }
        if (uri.getRawUserInfo() != null
                || String.valueOf(uri.getRawAuthority()).indexOf('@') >= 0) {
            throw new OutboundRefused("a URL with a user name or password in it is not allowed");
        }
        if (uri.getHost() == null) {
            throw new OutboundRefused("the URL has no valid host: '" + HostText.shown(uri.toString()) + "'");
        }
        int port = port(uri);
        if (port < 1 || port > 65_535) {
            throw new OutboundRefused("port " + port + " does not exist");
        }
        String literal = bare(uri.getHost());
        boolean isAddress = HostText.isAddress(literal);
        if (uri.getHost().startsWith("[") && !isAddress) {
            throw new OutboundRefused("'" + HostText.shown(literal) + "' is not a plain IPv6 address");
        }
        String host = isAddress ? literal.toLowerCase(Locale.ROOT) : HostText.name(literal);
        List<InetAddress> addresses = isAddress ? List.of(InetAddress.getByName(host)) : resolver.resolve(host);
        if (addresses.isEmpty()) {
            throw new UnknownHostException(host);
        }
        if (!allowedHosts.contains(host) && !allowedHostPorts.contains(hostPort(host, port))) {
            requireAllowed(host, addresses);
        }
        return new Target(uri, host, port, scheme.equals("https"), addresses);
    }

    private void requireAllowed(String host, List<InetAddress> addresses) throws OutboundRefused {
        for (InetAddress address : addresses) {
            boolean allowed =
                    AddressBlock.isPublic(address) || allowedBlocks.stream().anyMatch(block -> block.contains(address));
            if (!allowed) {
                String shown = address.getHostAddress();
                throw new OutboundRefused(
                        (shown.equals(host) ? "'" + host + "'" : "'" + host + "' has the address " + shown + ", which")
                                + " is not on the public internet; the operator can allow it with fetch.allow");
            }
        }
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static String hostPort(String host, int port) {
        return host + "|" + port;
    }
}
