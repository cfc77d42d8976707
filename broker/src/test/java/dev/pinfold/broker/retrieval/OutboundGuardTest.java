package dev.pinfold.broker.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundGuardTest {
    private final List<String> asked = new ArrayList<>();

    private OutboundGuard guard(List<String> allow, String... addresses) {
        return new OutboundGuard(allow, List.of(), name -> {
            asked.add(name);
            List<InetAddress> found = new ArrayList<>();
            for (String address : addresses) {
                found.add(InetAddress.getByName(address));
            }
            return found;
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/",
                "http://127.255.255.254:8080/",
                "http://0.0.0.0/",
                "http://0.1.2.3/",
                "http://10.0.0.1/",
                "http://100.64.0.1/",
                "http://100.127.255.255/",
                "http://169.254.169.254/latest/meta-data/",
                "http://172.16.0.1/",
                "http://172.31.255.255/",
                "http://192.0.0.8/",
                "http://192.0.2.1/",
                "http://192.88.99.1/",
                "http://192.168.1.1/",
                "http://198.18.0.1/",
                "http://198.51.100.1/",
                "http://203.0.113.1/",
                "http://224.0.0.1/",
                "http://239.255.255.255/",
                "http://240.0.0.1/",
                "http://255.255.255.255/",
                "http://[::]/",
                "http://[::1]/",
                "http://[0:0:0:0:0:0:0:1]/",
                "http://[::ffff:127.0.0.1]/",
                "http://[::ffff:7f00:1]/",
                "http://[::127.0.0.1]/",
                "http://[::ffff:0:127.0.0.1]/",
                "http://[64:ff9b::7f00:1]/",
                "http://[64:ff9b::169.254.169.254]/",
                "http://[64:ff9b:1::1]/",
                "http://[2002:7f00:1::]/",
                "http://[2001::1]/",
                "http://[2001:db8::1]/",
                "http://[100::1]/",
                "http://[fc00::1]/",
                "http://[fd00:ec2::254]/",
                "http://[fe80::1]/",
                "http://[fe80::1%25eth0]/",
                "http://[fec0::1]/",
                "http://[ff02::1]/",
                "http://[3fff::1]/",
                "http://2130706433/",
                "http://0x7f000001/",
                "http://0x7f.0.0.1/",
                "http://0177.0.0.1/",
                "http://127.1/",
                "http://127.0.1/",
                "http://127.0.0.1./",
                "http://127.0.0.0x1/",
                "http://127.0.0.01/",
                "http://017700000001/",
                "http://1.2.3.4.5/",
                "http://999.1.1.1/",
                "http://user@example.org/",
                "http://user:pass@example.org/",
                "http://example.org@127.0.0.1/",
                "http://example.org:0/",
                "http://example.org:70000/",
                "http:///path",
                "http:example.org",
                "ftp://example.org/",
                "file:///etc/passwd",
                "gopher://example.org/",
                "jar:http://example.org!/",
                "unix:///run/docker.sock",
                "//example.org/",
                "/relative",
                "http://-bad-.example/",
                "http://a..b/",
                "http://./",
            })
    void never_connects_to(String url) {
        OutboundGuard guard = guard(List.of(), "93.184.216.34");
        assertThat(catchThrowable(() -> guard.check(URI.create(url)))).isInstanceOf(OutboundRefused.class);
        assertThat(asked).as("no name was asked for").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://93.184.216.34/",
                "https://[2606:2800:220:1:248:1893:25c8:1946]/x",
                "http://example.org/",
                "HTTPS://EXAMPLE.ORG:8443/a?b=c",
                "http://example.org./",
                "http://xn--bcher-kva.example/",
                "http://1.example.org/",
                "http://0x7f.example.org/",
                "http://172.32.0.1/",
                "http://100.128.0.1/",
                "http://11.0.0.1/",
            })
    void connects_to_the_public_internet(String url) throws Exception {
        assertThat(guard(List.of(), "93.184.216.34").check(URI.create(url)).addresses())
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1"})
    void a_name_with_an_inner_address_is_refused_even_when_another_of_its_addresses_is_public(String inner) {
        OutboundGuard guard = guard(List.of(), "93.184.216.34", inner);
        assertThatThrownBy(() -> guard.check(URI.create("https://rebind.example/")))
                .isInstanceOf(OutboundRefused.class)
                .hasMessageContaining("rebind.example")
                .hasMessageContaining("fetch.allow");
    }

    @Test
    void the_name_is_asked_for_once_and_the_checked_address_is_what_one_connects_to() throws Exception {
        List<String> answers = new ArrayList<>(List.of("93.184.216.34", "127.0.0.1"));
        OutboundGuard guard =
                new OutboundGuard(List.of(), List.of(), name -> List.of(InetAddress.getByName(answers.removeFirst())));
        OutboundGuard.Target target = guard.check(URI.create("https://rebind.example/x?y=z"));
        assertThat(target.addresses()).containsExactly(InetAddress.getByName("93.184.216.34"));
        assertThat(target.host()).isEqualTo("rebind.example");
        assertThat(target.port()).isEqualTo(443);
        assertThat(target.tls()).isTrue();
        assertThat(target.pathAndQuery()).isEqualTo("/x?y=z");
        assertThat(answers).hasSize(1);
    }

    @Test
    void the_operator_can_allow_ranges_addresses_and_names() throws Exception {
        OutboundGuard guard = guard(List.of("10.1.0.0/16", "::1", "Gateway.Internal"), "192.168.7.7");
        assertThat(guard.check(URI.create("http://10.1.2.3/")).addresses()).hasSize(1);
        assertThat(guard.check(URI.create("http://[::1]/")).addresses()).hasSize(1);
        assertThat(guard.check(URI.create("http://gateway.internal:8080/")).port())
                .isEqualTo(8080);
        assertThat(catchThrowable(() -> guard.check(URI.create("http://10.2.0.1/"))))
                .isInstanceOf(OutboundRefused.class);
        assertThat(catchThrowable(() -> guard.check(URI.create("http://other.internal/"))))
                .isInstanceOf(OutboundRefused.class);
    }

    @Test
    void a_configured_gateway_is_allowed_at_its_own_port_only() throws Exception {
        OutboundGuard guard =
                new OutboundGuard(List.of(), List.of(URI.create("http://127.0.0.1:9999")), name -> List.of());
        assertThat(guard.check(URI.create("http://127.0.0.1:9999/ipfs/x")).port())
                .isEqualTo(9999);
        assertThat(catchThrowable(() -> guard.check(URI.create("http://127.0.0.1:9998/"))))
                .isInstanceOf(OutboundRefused.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/x", "300.1.1.1", "a!b", "10.0.0/8", "http://x/", "", "::/129"})
    void a_wrong_allow_list_entry_is_named(String entry) {
        assertThatThrownBy(() -> guard(List.of(entry)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(entry);
    }

    @Test
    void a_name_without_address_is_unknown() {
        assertThat(catchThrowable(() -> guard(List.of()).check(URI.create("http://nowhere.example/"))))
                .isInstanceOf(UnknownHostException.class);
    }
}
