package dev.pinfold.broker.retrieval;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * A range of IP addresses in CIDR notation, and the list of those that are not the public internet.
 *
 * <p>Source: IANA special-purpose address registries for IPv4 and IPv6.
 */
final class AddressBlock {
    private static final List<AddressBlock> NOT_PUBLIC_V4 = parseAll(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4");

    private static final AddressBlock PUBLIC_V6 = parse("2000::/3");

    /** Inside 2000::/3 and yet not public, or a way to name an IPv4 address: Teredo and others, documentation, 6to4. */
    private static final List<AddressBlock> NOT_PUBLIC_V6 =
            parseAll("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    private final byte[] prefix;
    private final int bits;

    private AddressBlock(byte[] prefix, int bits) {
        this.prefix = prefix;
        this.bits = bits;
    }

    /** Reads {@code 10.0.0.0/8}, {@code ::1} or {@code 192.0.2.7}. Never asks the DNS. */
    static AddressBlock parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        if (!HostText.isAddress(address)) {
            throw new IllegalArgumentException("'" + text + "' is not an IP address or a range such as 10.0.0.0/8");
        }
        byte[] bytes = bytesOf(address);
        int all = bytes.length * 8;
        int bits = slash < 0 ? all : prefixLength(text, text.substring(slash + 1), all);
        return new AddressBlock(bytes, bits);
    }

    private static int prefixLength(String text, String digits, int all) {
        if (!digits.matches("\\d{1,3}") || Integer.parseInt(digits) > all) {
            throw new IllegalArgumentException("'" + text + "': the prefix length must be 0.." + all);
        }
        return Integer.parseInt(digits);
    }

    private static byte[] bytesOf(String literal) {
        try {
            return InetAddress.getByName(literal).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("'" + literal + "' is not an IP address", e);
        }
    }

    private static List<AddressBlock> parseAll(String... texts) {
        return java.util.Arrays.stream(texts).map(AddressBlock::parse).toList();
    }

    /** Whether an address of the public internet, that anybody may be sent to. */
    static boolean isPublic(InetAddress address) {
        return address.getAddress().length == 4
                ? NOT_PUBLIC_V4.stream().noneMatch(block -> block.contains(address))
                : PUBLIC_V6.contains(address) && NOT_PUBLIC_V6.stream().noneMatch(block -> block.contains(address));
    }

    boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != prefix.length) {
            return false;
        }
        for (int i = 0; i < bits; i += 8) {
            int mask = bits - i >= 8 ? 0xff : 0xff << (8 - (bits - i));
            if (((bytes[i / 8] ^ prefix[i / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
