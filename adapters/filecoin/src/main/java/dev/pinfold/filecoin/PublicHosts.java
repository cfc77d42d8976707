package dev.pinfold.filecoin;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/**
 * Keeps a storage provider, who chooses what the chain says its address is, from leading the broker into the operator's own
 * network. Addresses that the operator writes down are not asked about here.
 */
final class PublicHosts {
    private PublicHosts() {}

    /** Whether every address behind the host is a public one. */
    static boolean isPublic(URI url) {
        try {
            for (InetAddress each : InetAddress.getAllByName(url.getHost())) {
                if (isInner(each)) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static boolean isInner(InetAddress address) {
        byte[] bytes = address.getAddress();
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        boolean carrier = bytes.length == 4 && first == 100 && second >= 64 && second < 128;
        boolean reserved = bytes.length == 4 && (first == 0 || first >= 240);
        boolean uniqueLocal = address instanceof Inet6Address && (first & 0xfe) == 0xfc;
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || carrier
                || reserved
                || uniqueLocal;
    }
}
