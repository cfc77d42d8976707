package dev.pinfold.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.pinfold.spi.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates. The client has a JVM of its own, because those that are trusted are read once per JVM. */
@Timeout(60)
class DownloadsTlsTest {
    private static final String PASSWORD = "changeit";
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    /** What the other JVM runs: prints what comes of each URL. */
    static final class Client {
        private Client() {}

        public static void main(String[] urls) throws Exception {
            try (Wire wire = new Wire(SOON, SOON)) {
                for (String url : urls) {
                    HttpCall call = HttpCall.bare("GET", URI.create(url), Map.of(), 1000);
                    try (InputStream in = wire.open(call, Deadline.after(SOON)).content()) {
                        System.out.println(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                    } catch (WireException e) {
                        System.out.println(e.getMessage() + ", " + e.getCause());
                    }
                }
            }
        }
    }

    @Test
    void a_server_is_trusted_under_the_name_of_its_certificate_alone() throws Exception {
        HttpsServer right = server("right", "ip:127.0.0.1", true);
        HttpsServer other = server("other", "dns:other.example", true);
        HttpsServer unknown = server("unknown", "ip:127.0.0.1", false);
        try {
            List<String> lines = ask(right, other, unknown);
            assertThat(lines).hasSize(3);
            assertThat(lines.get(0)).isEqualTo("hello");
            assertThat(lines.get(1))
                    .startsWith("the connection broke before the answer, javax.net.ssl.SSL")
                    .contains("subject alternative names");
            assertThat(lines.get(2))
                    .startsWith("the connection broke before the answer, javax.net.ssl.SSL")
                    .contains("unable to find valid certification path");
        } finally {
            right.stop(0);
            other.stop(0);
            unknown.stop(0);
        }
    }

    private HttpsServer server(String name, String subject, boolean trusted) throws Exception {
        Path keys = folder.resolve(name + ".p12");
        Path certificate = folder.resolve(name + ".pem");
        keytool(keys, "-genkeypair", "-alias", name, "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "san=" + subject);
        keytool(keys, "-exportcert", "-alias", name, "-rfc", "-file", certificate.toString());
        if (trusted) {
            keytool(trusted(), "-importcert", "-noprompt", "-alias", name, "-file", certificate.toString());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(KeyStore.getInstance(keys.toFile(), PASSWORD.toCharArray()), PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write("hello".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.start();
        return server;
    }

    private Path trusted() {
        return folder.resolve("trusted.p12");
    }

    private void keytool(Path store, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(tool("keytool")));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        run(command);
    }

    private List<String> ask(HttpsServer... servers) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                tool("java"),
                "-Djavax.net.ssl.trustStore=" + trusted(),
                "-Djavax.net.ssl.trustStorePassword=" + PASSWORD,
                "-cp",
                System.getProperty("java.class.path"),
                Client.class.getName()));
        for (HttpsServer server : servers) {
            command.add("https://127.0.0.1:" + server.getAddress().getPort() + "/");
        }
        return run(command).lines().toList();
    }

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as("%s%s", Files.readString(out), Files.readString(err))
                .isZero();
        return Files.readString(out);
    }
}
