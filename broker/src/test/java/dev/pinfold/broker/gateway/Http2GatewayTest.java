package dev.pinfold.broker.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.car.CarReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The gateway in HTTP/2 without TLS, as the HTTP client of Java speaks it. */
class Http2GatewayTest {
    private final MemoryRetrieval blocks = new MemoryRetrieval();
    private final TestGateway gateway = TestGateway.over(blocks);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    private final byte[] bytes = Tree.bytes(600_000, 3);
    private final Cid file = Tree.file(blocks, bytes).cid();

    @AfterEach
    void stop() {
        client.close();
        gateway.close();
    }

    private HttpRequest request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway.endpoint() + path));
        return (headers.length > 0 ? request.headers(headers) : request).build();
    }

    private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        HttpResponse<byte[]> answer = client.send(request(path, headers), BodyHandlers.ofByteArray());
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        return answer;
    }

    @Test
    void files_ranges_and_cars_are_served() throws Exception {
        assertThat(get("/ipfs/" + file).body()).isEqualTo(bytes);
        HttpResponse<byte[]> part = get("/ipfs/" + file, "Range", "bytes=1500-499999");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(bytes, 1500, 500_000));
        HttpResponse<byte[]> car = get("/ipfs/" + file + "?format=car");
        CarReader reader = new CarReader(new ByteArrayInputStream(car.body()));
        int count = 0;
        while (reader.next() != null) {
            count++;
        }
        assertThat(count).isGreaterThan(600);
        assertThat(get("/ipfs/" + Cid.of(Codec.RAW, new byte[] {7})).statusCode())
                .isEqualTo(404);
    }

    @Test
    void many_reads_share_one_connection() throws Exception {
        get("/ipfs/" + file);
        List<CompletableFuture<HttpResponse<byte[]>>> reads = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            reads.add(client.sendAsync(request("/ipfs/" + file), BodyHandlers.ofByteArray()));
        }
        for (CompletableFuture<HttpResponse<byte[]>> read : reads) {
            assertThat(read.get().body()).isEqualTo(bytes);
        }
    }

    @Test
    void a_read_that_cannot_be_finished_resets_its_stream_and_leaves_the_others_alone() throws Exception {
        get("/ipfs/" + file);
        byte[] broken = Tree.bytes(600_000, 4);
        Cid root = Tree.file(blocks, broken).cid();
        blocks.remove(Cid.of(Codec.RAW, Arrays.copyOfRange(broken, 599_000, 600_000)));
        CompletableFuture<HttpResponse<byte[]>> whole =
                client.sendAsync(request("/ipfs/" + file), BodyHandlers.ofByteArray());
        for (String query : List.of("", "?format=car")) {
            assertThatThrownBy(() -> client.send(request("/ipfs/" + root + query), BodyHandlers.ofByteArray()))
                    .isInstanceOf(IOException.class);
        }
        assertThat(whole.get().body()).isEqualTo(bytes);
    }
}
