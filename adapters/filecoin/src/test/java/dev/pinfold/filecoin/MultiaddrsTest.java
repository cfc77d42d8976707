package dev.pinfold.filecoin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultiaddrsTest {
    @Test
    void the_http_address_is_found_among_others() {
        byte[] libp2p = join(new byte[] {4, 1, 2, 3, 4, 6, 0x0f, (byte) 0xa1});
        byte[] https = join(new byte[] {53, 10}, text("sp.example"), new byte[] {6, 1, (byte) 0xbb, (byte) 0xbb, 3});
        byte[] http = join(new byte[] {4, 1, 2, 3, 4, 6, 0x1f, (byte) 0x90, (byte) 0xe0, 3});
        byte[] tls = join(new byte[] {54, 10}, text("sp.example"), new byte[] {
            6, 0x20, (byte) 0xfb, (byte) 0xc0, 3, (byte) 0xe0, 3
        });
        assertThat(Multiaddrs.http(List.of(libp2p, https, http, tls, https)))
                .containsExactly(
                        URI.create("https://sp.example"),
                        URI.create("http://1.2.3.4:8080"),
                        URI.create("https://sp.example:8443"));
    }

    @Property(tries = 500)
    void nonsense_is_left_out(@ForAll byte[] bytes) {
        assertThat(Multiaddrs.http(List.of(bytes)))
                .allSatisfy(url -> assertThat(url.getHost()).isNotNull());
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1",
        "http://10.0.0.8",
        "http://192.168.1.1",
        "http://169.254.169.254",
        "http://[::1]",
        "http://[fd00::1]",
        "http://100.64.0.1",
        "http://0.0.0.0",
        "http://224.0.0.1",
        "http://[fe80::1]",
        "http://[::ffff:10.0.0.1]"
    })
    void a_storage_provider_cannot_lead_into_the_operators_network(URI url) {
        assertThat(PublicHosts.isPublic(url)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://8.8.8.8", "https://[2606:4700::1111]"})
    void public_addresses_are_let_through(URI url) {
        assertThat(PublicHosts.isPublic(url)).isTrue();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
