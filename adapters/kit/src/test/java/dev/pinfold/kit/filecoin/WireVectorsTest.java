package dev.pinfold.kit.filecoin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.content.HashFunction;
import dev.pinfold.kit.documents.PublishedDocuments;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bytes that others made: taken as they are, refused when one bit of what is signed is another. */
class WireVectorsTest {
    private final JsonObject vectors = PublishedDocuments.require("data/wire-vectors.json");
    private final JsonObject mk12 = vectors.getJsonObject("mk12Http");
    private final TestKey key = TestKey.ofHex(vectors.getString("testKeyHex"));
    private final SimulatedNetwork network = SimulatedNetwork.builder()
            .head(5_450_000)
            .providers("DE")
            .clock(() -> Instant.parse("2026-11-20T13:45:30Z"))
            .start();
    private final SimulatedProvider provider = network.provider(0);

    @AfterEach
    void end() {
        network.close();
    }

    @Test
    void keys_addresses_and_signatures_are_the_same() {
        assertThat(key.address()).hasToString(vectors.getString("f1Address"));
        assertThat(key.address().bytes()).isEqualTo(hex(vectors, "addressBytesHex"));
        assertThat(Address.parse(vectors.getString("f1Address"))).isEqualTo(key.address());
        byte[] proposal = hex(mk12, "dealProposalCborHex");
        byte[] signature = hex(mk12, "proposalSignatureHex");
        assertThat(Address.concat(new byte[] {1}, key.sign(proposal))).isEqualTo(signature);
        DealProposal read = DealProposal.read(new CborIn(proposal));
        assertThat(read.cbor()).isEqualTo(proposal);
        assertThat(read.signedCid(signature, HashFunction.BLAKE2B_256))
                .hasToString(mk12.getString("signedProposalCidBlake2b"));
    }

    /** The number of the provider in the vectors is another than any here has. */
    @Test
    void the_proposal_is_understood_and_its_signature_is_right() throws Exception {
        fundClient();
        assertThat(verdict(hex(mk12, "dealParamsCborHex"))).contains("incorrect provider for deal");
    }

    @Test
    void a_proposal_with_one_bit_turned_is_refused_wherever_the_bit_is() throws Exception {
        fundClient();
        byte[] whole = hex(mk12, "dealParamsCborHex");
        int from = indexOf(whole, hex(mk12, "dealProposalCborHex"));
        int to = indexOf(whole, hex(mk12, "proposalSignatureHex")) + hex(mk12, "proposalSignatureHex").length;
        for (int at = from; at < to; at++) {
            byte[] turned = whole.clone();
            turned[at] ^= (byte) (1 << (at % 8));
            assertThat(verdict(turned))
                    .as("bit %d of byte %d", at % 8, at)
                    .matches("(?s).*(SIMULATED: CBOR|SIMULATED: DealParams|signature|address|link|CID).*");
        }
        assertThat(network.deals()).isEmpty();
    }

    @Test
    void questions_for_state_and_ask_are_understood() throws Exception {
        String base = provider.endpoint() + "/market/mk12/";
        HttpResponse<byte[]> status = Client.send(
                "GET", base + "status", hex(mk12, "statusRequestCborHex"), "Content-Type", "application/cbor");
        assertThat(status.statusCode()).isEqualTo(200);
        assertThat(new String(status.body(), java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("deal not found");
        Mk12Params.StatusRequest read = Mk12Params.readStatus(hex(mk12, "statusRequestCborHex"));
        assertThat(TestKey.verifies(key.address(), read.uuidBytes, read.signature))
                .isTrue();
        assertThat(Mk12Params.readAsk(hex(mk12, "askRequestCborHex"))).isEqualTo(Address.id(1_234));
    }

    @Test
    void a_signed_request_of_either_scheme_is_taken_by_the_curio_of_its_time_and_by_no_other() {
        JsonObject now = vectors.getJsonObject("curioAuth_v1_27_4_plus");
        JsonObject then = vectors.getJsonObject("curioAuth_upto_v1_27_3");
        assertThat(accepts(CurioAge.SINCE_1_28_2, "2026-11-20T13:45:59Z", now)).isTrue();
        assertThat(accepts(CurioAge.SINCE_1_28_2, "2026-11-20T13:46:59Z", now)).isTrue();
        assertThat(accepts(CurioAge.SINCE_1_28_2, "2026-11-20T13:47:00Z", now)).isFalse();
        assertThat(accepts(CurioAge.SINCE_1_28_2, "2026-11-20T13:44:00Z", now)).isTrue();
        assertThat(accepts(CurioAge.SINCE_1_27_4, "2026-11-20T13:45:59Z", now)).isTrue();
        assertThat(accepts(CurioAge.SINCE_1_27_4, "2026-11-20T13:46:00Z", now)).isFalse();
        assertThat(accepts(CurioAge.UNTIL_1_27_3, "2026-11-20T13:45:59Z", now)).isFalse();
        assertThat(accepts(CurioAge.UNTIL_1_27_3, "2026-11-20T13:45:59Z", then)).isTrue();
        assertThat(accepts(CurioAge.UNTIL_1_27_3, "2026-11-20T14:00:00Z", then)).isFalse();
        assertThat(accepts(CurioAge.SINCE_1_28_2, "2026-11-20T13:00:00Z", then)).isFalse();
    }

    @Test
    void a_signed_request_with_one_bit_turned_is_nobodys() {
        String header = vectors.getJsonObject("curioAuth_v1_27_4_plus").getString("header");
        int start = header.lastIndexOf(':') + 1;
        byte[] signature = Base64.getDecoder().decode(header.substring(start));
        for (int at = 0; at < signature.length; at++) {
            byte[] turned = signature.clone();
            turned[at] ^= (byte) (1 << (at % 8));
            String changed = header.substring(0, start) + Base64.getEncoder().encodeToString(turned);
            Address client =
                    auth(CurioAge.SINCE_1_28_2, "2026-11-20T13:45:00Z").client(changed, "POST", "/market/mk20/deal");
            assertThat(client).as("byte %d", at).isNull();
        }
        CurioAuth auth = auth(CurioAge.SINCE_1_28_2, "2026-11-20T13:45:00Z");
        assertThat(auth.client(header, "GET", "/market/mk20/deal")).isNull();
        assertThat(auth.client(header, "POST", "/market/mk20/deals")).isNull();
        assertThat(auth.client(header, "POST", "/market/mk20/deal")).isEqualTo(key.address());
    }

    @Test
    void the_allocation_message_sets_datacap_aside() throws Exception {
        JsonObject wire = vectors.getJsonObject("ddoAllocation");
        network.chain().advanceTo(5_600_000);
        network.node().add(key);
        network.fund(key.address(), SimulatedNetwork.FIL);
        network.grantDataCap(key.address(), 1L << 36);
        Client rpc = Client.admin(network.node());
        JsonObject pushed = rpc.object("MpoolPushMessage", wire.getJsonObject("message"), null);
        network.advance(2);
        rpc.object("StateSearchMsg", null, pushed.getJsonObject("CID"), -1, true);
        JsonObject all = rpc.object("StateGetAllocations", key.address().toString(), null);
        JsonObject made = all.getJsonObject(all.fieldNames().iterator().next());
        JsonObject fields = wire.getJsonObject("fields");
        assertThat(made.getLong("Provider")).hasToString(fields.getString("provider"));
        assertThat(made.getJsonObject("Data").getString("/")).isEqualTo(fields.getString("data"));
        assertThat(made.getLong("Size")).hasToString(fields.getString("size"));
        assertThat(made.getLong("TermMin")).hasToString(fields.getString("termMin"));
        assertThat(made.getLong("TermMax")).hasToString(fields.getString("termMax"));
        assertThat(made.getLong("Expiration")).hasToString(fields.getString("expiration"));
    }

    private void fundClient() {
        network.fundEscrow(key.address(), SimulatedNetwork.FIL);
    }

    private String verdict(byte[] body) throws Exception {
        HttpResponse<byte[]> answer = Client.send(
                "POST", provider.endpoint() + "/market/mk12/store", body, "Content-Type", "application/cbor");
        assertThat(answer.statusCode()).isIn(200, 400);
        return new String(answer.body(), java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static CurioAuth auth(CurioAge age, String now) {
        return new CurioAuth(age, () -> Instant.parse(now));
    }

    private boolean accepts(CurioAge age, String now, JsonObject vector) {
        Address client = auth(age, now).client(vector.getString("header"), "POST", "/market/mk20/deal");
        return key.address().equals(client);
    }

    private static int indexOf(byte[] whole, byte[] part) {
        for (int at = 0; at + part.length <= whole.length; at++) {
            if (java.util.Arrays.equals(whole, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        throw new AssertionError("the vectors do not fit together");
    }

    private static byte[] hex(JsonObject from, String name) {
        return HexFormat.of().parseHex(from.getString(name));
    }
}
