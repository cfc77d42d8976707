package dev.pinfold.broker.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginAddressTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    /dns4/h.example/tcp/443/https | https://h.example:443
                    /dns4/h.example/tcp/443/https/p2p/QmPeer | https://h.example:443
                    /dns/h.example/tcp/443/tls/http | https://h.example:443
                    /dns6/h.example/tcp/443/tls/sni/h.example/http | https://h.example:443
                    /ip4/192.0.2.1/tcp/8080/http | http://192.0.2.1:8080
                    /ip6/2001:db8::1/tcp/80/http/p2p/12D3Koo | http://[2001:db8::1]:80
                    /dns4/h.example/tcp/443/https/http-path/a%2Fb/p2p/QmPeer | https://h.example:443/a/b
                    /dns4/h.example/tcp/443/https/http-path/a%3Fb=c | https://h.example:443/a%3Fb=c
                    https://h.example | https://h.example
                    https://h.example/ | https://h.example
                    http://h.example:81/gw/ | http://h.example:81/gw
                    https://h.example/ipfs/bafkqaaa | https://h.example
                    https://h.example/x/ipfs/bafkqaaa?y | https://h.example/x
                    """)
    void finds_the_url_in(String origin, String url) throws Exception {
        assertThat(OriginAddress.base(origin)).hasToString(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ip4/192.0.2.1/tcp/4001/p2p/QmPeer",
                "/ip4/192.0.2.1/udp/4001/quic-v1",
                "/dns4/h.example/tcp/4001/ws/p2p/QmPeer",
                "/dnsaddr/h.example/p2p/QmPeer",
                "/ip4/192.0.2.1/tcp/x/http",
                "/ip4/192.0.2.1/tcp",
                "/ip4",
                "/",
                "//",
                "/p2p/QmPeer/p2p-circuit",
                "/dns4/h.example/tcp/443/https/http-path/%zz",
                "/dns4/a b/tcp/443/https",
                "ftp://h.example",
                "h.example",
                "",
                "http://[",
            })
    void finds_no_url_in(String origin) {
        assertThat(catchThrowable(() -> OriginAddress.base(origin))).isInstanceOf(OriginAddress.NotHttp.class);
    }

    @Test
    void a_very_long_address_is_refused() {
        assertThat(catchThrowable(() -> OriginAddress.base("/dns4/" + "a".repeat(5000) + "/tcp/1/http")))
                .isInstanceOf(OriginAddress.NotHttp.class);
    }
}
