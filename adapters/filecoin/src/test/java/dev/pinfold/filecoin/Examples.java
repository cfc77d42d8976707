package dev.pinfold.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealPiece;
import dev.pinfold.spi.deal.DealTerms;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.PieceSource;
import java.net.URI;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;

/** The deal that the published vectors are about, and what it becomes on the wire. The key behind it is public. */
final class Examples {
    static final String CLIENT = "f1m5qpjpey25pqta4opbbi4bfv2rals7mfoa5t2ha";
    static final Cid PIECE = Cid.parse("baga6ea4seaqao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq");
    static final Cid ROOT = Cid.parse("bafybeibxm2nsadl3fnxv2sxcxmxaco2jl53wpeorjdzidjwf5aqdg7wa6u");
    static final UUID ID = UUID.fromString("6f9619ff-8b86-d011-b42d-00c04fc964ff");

    /** Lotus's answer to signing the proposal of {@link #order}. */
    static final Signature SIGNATURE = new Signature(hex("010dd55b0ed2c804500fff5dfeee080401edc253025ba7d0d8afe9fe51"
            + "535d1ed8727ebc77433bf9dbe19d95efc4e7fc9abe6b8974ec073ecc12c39ac9cc137c3f01"));

    static final String PROPOSAL_HEX =
            "8bd82a5828000181e203922020077e5fde35c50a9303a55009e3498a4ebedff39c42b710b730d8ec"
                    + "7ac7afa63e1b0000000800000000f455016760f4bc98d75f09838e78428e04b5d440b97d854300d209783b6261667962656962786d32"
                    + "6e7361646c33666e787632737863786d7861636f326a6c35337770656f726a647a69646a7766356171646737776136751a0053ec601a"
                    + "005bd56045005f5e100048001e969b2f069d7040";

    private Examples() {}

    static DealOrder order(DealMode mode) {
        return new DealOrder(
                "order-1",
                ID,
                mode,
                CLIENT,
                "f01234",
                new DealPiece(PIECE, PieceSize.ofPadded(32L << 30), 33_285_996_544L, ROOT),
                new DealTerms(
                        new Epoch(5_500_000),
                        new Epoch(6_018_400),
                        AttoFil.of(1_600_000_000),
                        AttoFil.of(8_609_842_554_379_632L),
                        false,
                        true),
                new PieceSource(
                        URI.create("https://broker.example/pieces/" + PIECE),
                        Map.of("Authorization", "Bearer one-time")));
    }

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
