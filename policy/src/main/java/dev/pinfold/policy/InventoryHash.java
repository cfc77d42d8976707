package dev.pinfold.policy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Fingerprints of an inventory over one canonical text, so that a stored decision can name the world it was taken in. */
final class InventoryHash {
    private InventoryHash() {}

    static String everything(Inventory inventory) {
        StringBuilder text = new StringBuilder();
        for (ProviderSnapshot provider : inventory.providers()) {
            world(provider, text);
            text.append(provider.health()).append('\n');
            text.append(provider.usage()).append('\n');
        }
        return digest(text.append(inventory.fxRates()).toString());
    }

    static String world(Inventory inventory) {
        StringBuilder text = new StringBuilder();
        for (ProviderSnapshot provider : inventory.providers()) {
            world(provider, text);
        }
        return digest(text.append(inventory.fxRates()).toString());
    }

    /** Records render their components in declaration order and the maps are sorted: the text is canonical. */
    private static void world(ProviderSnapshot p, StringBuilder text) {
        text.append(p.id())
                .append('\n')
                .append(p.tier())
                .append('\n')
                .append(p.labels())
                .append('\n');
        text.append(p.capabilities())
                .append('\n')
                .append(p.limits())
                .append('\n')
                .append(p.price())
                .append('\n');
        text.append(p.state()).append('\n').append(p.addedAt()).append('\n');
    }

    private static String digest(String text) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
