package dev.pinfold.filecoin;

import static dev.pinfold.filecoin.Examples.hex;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.filecoin.DataCap.Allocation;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealPiece;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** What goes over the wire, byte for byte. */
class WireVectorsTest {
    private static final DealOrder ORDER = Examples.order(DealMode.MK12);
    private static final MarketProposal PROPOSAL = MarketProposal.of(ORDER);

    @Test
    void a_proposal_is_encoded_as_the_chain_wants_it() {
        assertThat(hex(PROPOSAL.cbor())).isEqualTo(Examples.PROPOSAL_HEX);
    }

    @Test
    void a_signed_proposal_is_named_by_its_blake2b_hash() {
        assertThat(PROPOSAL.signedCid(Examples.SIGNATURE).toString())
                .isEqualTo("bafy2bzacecce5xczp7rtk4olnsqhty2r2cpntadd3wcxmneqoxvmw7e3v4rvu");
    }

    @Test
    void every_body_of_mk12_equals_its_vector() throws IOException {
        JsonNode vectors = Shared.json("wire-vectors.json").path("mk12Http");
        Signature signature =
                new Signature(hex(vectors.path("proposalSignatureHex").asText()));
        assertThat(signature.marshalled()).isEqualTo(Examples.SIGNATURE.marshalled());
        assertThat(hex(PROPOSAL.cbor()))
                .isEqualTo(vectors.path("dealProposalCborHex").asText());
        assertThat(hex(Mk12Wire.store(ORDER, PROPOSAL, signature)))
                .isEqualTo(vectors.path("dealParamsCborHex").asText());
        assertThat(PROPOSAL.signedCid(signature).toString())
                .isEqualTo(vectors.path("signedProposalCidBlake2b").asText());
        assertThat(hex(Mk12Wire.askRequest(Address.parse("f01234"))))
                .isEqualTo(vectors.path("askRequestCborHex").asText());
        String status = vectors.path("statusRequestCborHex").asText();
        Signature ofId = new Signature(hex(status.substring(status.length() - 132)));
        assertThat(hex(Mk12Wire.statusRequest(ORDER.id(), ofId))).isEqualTo(status);
    }

    @Test
    void the_wallet_is_asked_to_sign_exactly_what_the_vectors_say() throws IOException {
        JsonNode vectors = Shared.json("wire-vectors.json");
        ObjectNode sign = LotusRpc.request(
                1, "WalletSign", ORDER.client(), Base64.getEncoder().encodeToString(PROPOSAL.cbor()));
        assertThat(sign.toString())
                .isEqualTo(vectors.path("mk12Http").path("lotusWalletSign").toString());
    }

    @Test
    void both_curio_auth_schemes_make_the_header_of_their_vector() {
        Address client = Address.parse(Examples.CLIENT);
        URI uri = URI.create("https://sp.example/market/mk20/deal?ignored=1");
        byte[] digest = CurioAuth.digest(
                CurioAuth.Scheme.REQUEST, client, "post", uri, Instant.parse("2026-11-20T13:45:59Z"), ZoneOffset.UTC);
        assertThat(hex(digest)).isEqualTo("cd966dc6dc9cfce8f7fde65f594bb44fc40584303eeb370747be45c91ff32040");
        String signature =
                "0198cf34c1581f8e5a92b7a45623dc51fe3dadbd3d2b552e807be71bd3e1d5f65c2599b566269012fe212ccbcfe33b"
                        + "587cd0dcc507e38ceb17b2c252d18e422cd500";
        assertThat(CurioAuth.header(client, new Signature(hex(signature))))
                .isEqualTo(
                        "CurioAuth secp256k1:AWdg9LyY118Jg454Qo4EtdRAuX2F:AZjPNMFYH45akrekViPcUf49rb09K1UugHvnG9Ph1fZcJ"
                                + "Zm1ZiaQEv4hLMvP4ztYfNDcxQfjjOsXssJS0Y5CLNUA");
        byte[] old = CurioAuth.digest(
                CurioAuth.Scheme.HOUR, client, "POST", uri, Instant.parse("2026-11-20T13:45:59Z"), ZoneOffset.UTC);
        assertThat(hex(old)).isEqualTo("62ba8a7aae4e989f769dab8d53fe3d5303ddaefe7dc887c327b640401f55aa85");
    }

    @Test
    void both_curio_auth_headers_equal_the_vectors_as_the_file_has_them() throws IOException {
        JsonNode vectors = Shared.json("wire-vectors.json");
        for (String name : new String[] {"curioAuth_v1_27_4_plus", "curioAuth_upto_v1_27_3"}) {
            JsonNode vector = vectors.path(name);
            boolean fresh = vector.has("path");
            byte[] digest = CurioAuth.digest(
                    fresh ? CurioAuth.Scheme.REQUEST : CurioAuth.Scheme.HOUR,
                    Address.parse(Examples.CLIENT),
                    "POST",
                    URI.create("http://sp.example" + vector.path("path").asText("")),
                    Instant.parse(vector.path("timestamp").asText()),
                    ZoneOffset.UTC);
            assertThat(hex(digest)).isEqualTo(vector.path("sha256DigestHex").asText());
            String header = vector.path("header").asText();
            byte[] signature = Base64.getDecoder().decode(header.substring(header.lastIndexOf(':') + 1));
            assertThat(CurioAuth.header(Address.parse(Examples.CLIENT), new Signature(signature)))
                    .isEqualTo(header);
        }
    }

    @Test
    void an_hour_is_written_with_the_zone_of_the_server_and_an_empty_path_is_signed_as_a_slash() {
        Address client = Address.parse(Examples.CLIENT);
        Instant now = Instant.parse("2026-11-20T13:45:59Z");
        URI bare = URI.create("https://sp.example");
        URI slash = URI.create("https://sp.example/");
        assertThat(CurioAuth.digest(CurioAuth.Scheme.REQUEST, client, "GET", bare, now, ZoneOffset.UTC))
                .isEqualTo(CurioAuth.digest(CurioAuth.Scheme.REQUEST, client, "GET", slash, now, ZoneOffset.UTC));
        assertThat(CurioAuth.digest(CurioAuth.Scheme.HOUR, client, "GET", bare, now, ZoneOffset.ofHours(2)))
                .isNotEqualTo(CurioAuth.digest(CurioAuth.Scheme.HOUR, client, "GET", bare, now, ZoneOffset.UTC));
    }

    @Test
    void an_allocation_is_asked_for_as_the_verified_registry_reads_it() throws IOException {
        JsonNode vector = Shared.json("wire-vectors.json").path("ddoAllocation");
        JsonNode fields = vector.path("fields");
        Allocation allocation = new Allocation(
                fields.path("provider").asLong(),
                Cid.parse(fields.path("data").asText()),
                fields.path("size").asLong(),
                fields.path("termMin").asLong(),
                fields.path("termMax").asLong(),
                fields.path("expiration").asLong());
        assertThat(hex(allocation.operatorData()))
                .isEqualTo(vector.path("operatorDataHex").asText());
        assertThat(hex(allocation.transferParams()))
                .isEqualTo(vector.path("transferParamsHex").asText());
        JsonNode message =
                new ObjectMapper().readTree(allocation.message(Examples.CLIENT).toString());
        assertThat(message).isEqualTo(vector.path("message"));
        assertThat(DataCap.TRANSFER)
                .isEqualTo(Shared.json("wire-vectors.json")
                        .path("frc42")
                        .path("Transfer")
                        .asLong());
    }

    @Test
    void a_piece_is_named_in_version_2_with_the_length_of_its_payload() {
        DealPiece zeros = new DealPiece(Examples.PIECE, PieceSize.ofPadded(32L << 30), 34_091_302_912L, Examples.ROOT);
        assertThat(Mk20Wire.pieceCid(zeros).toString())
                .isEqualTo("bafkzcibcaapao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq");
        Cid frc = Cid.parse("baga6ea4seaqes3nobte6ezpp4wqan2age2s5yxcatzotcvobhgcmv5wi2xh5mbi");
        assertThat(Mk20Wire.pieceCid(new DealPiece(frc, PieceSize.ofPadded(512), 508, Examples.ROOT))
                        .toString())
                .isEqualTo("bafkzcibcaaces3nobte6ezpp4wqan2age2s5yxcatzotcvobhgcmv5wi2xh5mbi");
    }

    @Test
    void header_values_are_texts_in_mk12_and_lists_in_mk20() throws IOException {
        JsonNode mk20 = Mk20Wire.deal(Examples.order(DealMode.MK20), DealIds.NONE);
        JsonNode url = mk20.path("data").path("source_http").path("urls").path(0);
        assertThat(url.path("headers").path("Authorization").path(0).asText()).isEqualTo("Bearer one-time");
        String mk12 = new String(Mk12Wire.store(ORDER, PROPOSAL, Examples.SIGNATURE), StandardCharsets.UTF_8);
        assertThat(mk12).contains("{\"Authorization\":\"Bearer one-time\"}");
    }
}
