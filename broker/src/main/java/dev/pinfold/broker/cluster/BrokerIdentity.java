package dev.pinfold.broker.cluster;

import dev.pinfold.content.ContentException;
import dev.pinfold.content.Multibase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The lasting identity of the broker that owns a data directory: an id for its claims, and a libp2p peer id for the
 * addresses it gives to clients. While it is open no second broker can use the directory.
 */
public final class BrokerIdentity implements AutoCloseable {
    /** libp2p's protobuf of a public key: type Ed25519, 32 bytes of key (peer-ids specification). */
    private static final byte[] ED25519_KEY = {0x08, 0x01, 0x12, 0x20};
    /** What comes before the 32 bytes of an Ed25519 key in its X.509 form (RFC 8410). */
    private static final byte[] X509_FRONT = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

    private final UUID id;
    private final String peerId;
    private final byte[] secret;
    private final FileChannel lockFile;

    private BrokerIdentity(UUID id, String peerId, byte[] secret, FileChannel lockFile) {
        this.id = id;
        this.peerId = peerId;
        this.secret = secret;
        this.lockFile = lockFile;
    }

    /**
     * Opens the identity of a data directory; makes one at first.
     *
     * @throws IllegalStateException another broker uses the directory, or it cannot be written
     */
    public static BrokerIdentity open(Path dataDirectory) {
        try {
            Files.createDirectories(dataDirectory);
            FileChannel lockFile = FileChannel.open(
                    dataDirectory.resolve("broker.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(lockFile) == null) {
                lockFile.close();
                throw new IllegalStateException("another broker uses the data directory " + dataDirectory
                        + "; stop it, or choose another directory with --data");
            }
            List<String> lines = Files.readAllLines(identityFile(dataDirectory));
            return new BrokerIdentity(
                    UUID.fromString(lines.get(0)),
                    lines.get(1),
                    Base64.getDecoder().decode(lines.get(2)),
                    lockFile);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the data directory " + dataDirectory + " cannot be used: " + e
                            + "; make it writable, or choose another with --data",
                    e);
        }
    }

    private static @Nullable FileLock lock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static Path identityFile(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve("broker.identity");
        if (!Files.exists(file)) {
            Path fresh = dataDirectory.resolve("broker.identity.new");
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                out.write(ByteBuffer.wrap(fresh().getBytes(StandardCharsets.UTF_8)));
                out.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return file;
    }

    private static String fresh() {
        try {
            var keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            String secret = Base64.getEncoder().encodeToString(keys.getPrivate().getEncoded());
            return UUID.randomUUID() + "\n" + peerId(keys.getPublic()) + "\n" + secret + "\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot make Ed25519 keys", e);
        }
    }

    /** The peer id of a key: its protobuf as an identity multihash, in base58btc. */
    static String peerId(PublicKey key) {
        byte[] encoded = key.getEncoded();
        byte[] raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        byte[] multihash = ByteBuffer.allocate(2 + ED25519_KEY.length + raw.length)
                .put((byte) 0x00)
                .put((byte) (ED25519_KEY.length + raw.length))
                .put(ED25519_KEY)
                .put(raw)
                .array();
        // Peer ids carry no multibase prefix.
        return Multibase.BASE58BTC.encodeBare(multihash);
    }

    /** Names this broker in its claims. */
    public UUID id() {
        return id;
    }

    /** Names this broker in multiaddrs. */
    public String peerId() {
        return peerId;
    }

    /** Signs with the key that the peer id names (Ed25519). */
    public byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(secret)));
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalStateException("the file broker.identity in the data directory holds no usable key", e);
        }
    }

    /** Whether the broker with this peer id signed a message. False for what is no peer id of an Ed25519 key. */
    public static boolean signed(String peerId, byte[] message, byte[] signature) {
        try {
            byte[] multihash = Multibase.BASE58BTC.decodeBare(peerId, 0);
            int head = 2 + ED25519_KEY.length;
            if (multihash.length != head + 32
                    || !Arrays.equals(multihash, 2, head, ED25519_KEY, 0, ED25519_KEY.length)) {
                return false;
            }
            byte[] encoded = Arrays.copyOf(X509_FRONT, X509_FRONT.length + 32);
            System.arraycopy(multihash, head, encoded, X509_FRONT.length, 32);
            Signature check = Signature.getInstance("Ed25519");
            check.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
            check.update(message);
            return check.verify(signature);
        } catch (GeneralSecurityException | ContentException e) {
            return false;
        }
    }

    /**
     * A secret of 256 bits for a purpose, the same whenever it is asked for: it need not be stored anywhere, and only who
     * has this broker's own secret can work it out.
     */
    public String secretFor(String purpose) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            byte[] bits = mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot compute HMAC-SHA-256", e);
        }
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
