package dev.pinfold.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.pin.Caller;
import dev.pinfold.broker.pin.Caller.Scope;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class AuthenticatorTest {
    @Test
    void a_request_whose_token_cannot_be_looked_up_in_time_is_answered_all_the_same() throws Exception {
        Promise<Optional<Caller>> never = Promise.promise();
        Authenticator auth = new Authenticator(hash -> never.future(), Duration.ofMillis(50));
        Vertx vertx = Vertx.vertx();
        ApiServer server = ApiServer.open(
                vertx,
                new BrokerConfig.Listen("127.0.0.1", 0),
                new BrokerConfig.Cors(List.of("*")),
                new Errors(AuthenticatorTest::translate),
                router -> router.get("/secret").handler(auth.require(Scope.PINS_READ)));
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/secret"))
                            .header("Authorization", "Bearer any")
                            .timeout(Duration.ofSeconds(30))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(503);
        } finally {
            server.close();
            vertx.close().await();
        }
    }

    private static BrokerException translate(Throwable failure) {
        assertThat(failure).isInstanceOf(TimeoutException.class);
        return new BrokerException(ErrorKind.SERVICE_UNAVAILABLE, "the database does not answer", failure);
    }
}
