package dev.pinfold.broker.api;

/** Foreign text as it may stand in a message: short, and without control characters. */
public final class Shown {
    private static final int MOST = 80;

    private Shown() {}

    public static String of(String text) {
        String cut = text.length() <= MOST ? text : text.substring(0, MOST) + "…";
        StringBuilder safe = new StringBuilder(cut.length());
        for (int i = 0; i < cut.length(); i++) {
            char c = cut.charAt(i);
            safe.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
        }
        return safe.toString();
    }
}
