package dev.pinfold.conformance.content;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Judges the text of a multiaddr: known protocols, a value where one belongs, a peer id at its end. */
public final class Multiaddrs {
    private static final Set<String> WITHOUT_VALUE = Set.of(
            "quic",
            "quic-v1",
            "ws",
            "wss",
            "tls",
            "noise",
            "p2p-circuit",
            "webtransport",
            "webrtc",
            "webrtc-direct",
            "p2p-webrtc-star",
            "p2p-webrtc-direct",
            "p2p-websocket-star",
            "http",
            "https",
            "udt",
            "utp",
            "plaintextv2");
    private static final Set<String> WITH_VALUE = Set.of(
            "ip4",
            "ip6",
            "tcp",
            "udp",
            "dccp",
            "sctp",
            "dns",
            "dns4",
            "dns6",
            "dnsaddr",
            "p2p",
            "ipfs",
            "onion",
            "onion3",
            "garlic64",
            "garlic32",
            "certhash",
            "sni",
            "unix",
            "ip6zone",
            "ipcidr",
            "http-path",
            "memory");
    private static final Map<String, String> OLD_NAMES = Map.of("ipfs", "p2p");

    private Multiaddrs() {}

    /** One protocol of an address; the value is empty for those that have none. */
    public record Part(String protocol, String value) {}

    /** Says what is wrong with the address, or nothing when it parses. */
    public static Optional<String> problem(String address) {
        if (!address.startsWith("/") || address.length() > 1024) {
            return Optional.of("'" + shorten(address) + "' is no multiaddr: it does not start with '/'");
        }
        Optional<List<Part>> parts = parse(address);
        if (parts.isEmpty()) {
            return Optional.of("'" + shorten(address) + "' is no multiaddr: an unknown protocol or a missing value");
        }
        return parts.get().stream()
                .filter(part -> !validValue(part))
                .findFirst()
                .map(part -> "'" + shorten(address) + "' has a bad " + part.protocol() + " value '"
                        + shorten(part.value()) + "'");
    }

    public static Optional<List<Part>> parse(String address) {
        String[] pieces = address.split("/", -1);
        List<Part> parts = new ArrayList<>();
        for (int i = 1; i < pieces.length; i++) {
            String protocol = pieces[i];
            if (WITHOUT_VALUE.contains(protocol)) {
                parts.add(new Part(protocol, ""));
            } else if (WITH_VALUE.contains(protocol) && i + 1 < pieces.length && !pieces[i + 1].isEmpty()) {
                parts.add(new Part(OLD_NAMES.getOrDefault(protocol, protocol), pieces[++i]));
            } else {
                return Optional.empty();
            }
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(parts);
    }

    public static boolean endsWithPeer(String address) {
        return parse(address)
                .map(parts -> parts.getLast().protocol().equals("p2p"))
                .orElse(false);
    }

    /** Whether the address can be reached only from its own machine or network. */
    public static boolean isPrivate(String address) {
        return parse(address).stream()
                .flatMap(List::stream)
                .anyMatch(part -> (part.protocol().equals("ip4") && privateIp4(part.value()))
                        || (part.protocol().equals("ip6") && privateIp6(part.value()))
                        || (part.protocol().startsWith("dns") && part.value().equals("localhost")));
    }

    private static boolean validValue(Part part) {
        return switch (part.protocol()) {
            case "ip4" -> ip4(part.value()).isPresent();
            case "ip6" -> part.value().contains(":") && part.value().matches("[0-9a-fA-F:.]{2,45}");
            case "tcp", "udp", "dccp", "sctp" ->
                part.value().matches("\\d{1,5}") && Integer.parseInt(part.value()) <= 65535;
            case "p2p" -> validPeer(part.value());
            case "dns", "dns4", "dns6", "dnsaddr", "sni" -> part.value().matches("[\\p{Alnum}._-]{1,253}");
            case "http-path" ->
                !URLDecoder.decode(part.value(), StandardCharsets.UTF_8).isEmpty();
            default -> true;
        };
    }

    /** A peer id is a base58 multihash (12D3Koo…, Qm…) or a CID with the libp2p-key codec. */
    private static boolean validPeer(String id) {
        if (id.startsWith("1") || id.startsWith("Qm")) {
            return Cids.unbase58(id)
                    .filter(bytes -> bytes.length >= 34 && bytes.length <= 130)
                    .filter(bytes -> (bytes[0] == 0 || bytes[0] == 0x12) && bytes[1] == bytes.length - 2)
                    .isPresent();
        }
        return Cids.parse(id).filter(cid -> cid.codec() == 0x72).isPresent();
    }

    private static Optional<int[]> ip4(String text) {
        if (!text.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
            return Optional.empty();
        }
        String[] pieces = text.split("\\.", -1);
        int[] bytes = new int[4];
        for (int i = 0; i < 4; i++) {
            bytes[i] = Integer.parseInt(pieces[i]);
            if (bytes[i] > 255) {
                return Optional.empty();
            }
        }
        return Optional.of(bytes);
    }

    private static boolean privateIp4(String text) {
        return ip4(text)
                .map(b -> b[0] == 10
                        || b[0] == 127
                        || b[0] == 0
                        || (b[0] == 172 && b[1] >= 16 && b[1] < 32)
                        || (b[0] == 192 && b[1] == 168)
                        || (b[0] == 169 && b[1] == 254)
                        || (b[0] == 100 && b[1] >= 64 && b[1] < 128))
                .orElse(false);
    }

    private static boolean privateIp6(String text) {
        String lower = text.toLowerCase(java.util.Locale.ROOT);
        return lower.equals("::1")
                || lower.equals("::")
                || lower.startsWith("fe8")
                || lower.startsWith("fc")
                || lower.startsWith("fd");
    }

    private static String shorten(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
