package dev.pinfold.content;

/**
 * Content could not be read, written or proven: the one failure of this module.
 *
 * <p>The message says what was wrong and where; it is fit to be shown to the person who sent the content. {@link
 * #kind()} is for code that decides what to do next.
 */
public final class ContentException extends RuntimeException {
    /** Why content was refused. Closed: a new kind is a change every caller should see. */
    public enum Kind {
        /** The bytes or the text do not follow their format. */
        MALFORMED,
        /** The bytes are not those the CID names. The source lies or is damaged. */
        HASH_MISMATCH,
        /** Well-formed, but a codec, hash or feature that is not handled here, or a hash too weak to prove anything. */
        UNSUPPORTED,
        /** A size, depth, count or time limit was passed. */
        TOO_LARGE,
        /** The input ended early, or a block that is needed is not there. */
        INCOMPLETE,
        /** Valid blocks that nobody asked for, or in an order that was not agreed. */
        UNEXPECTED,
        /** A path names something that does not exist. */
        NOT_FOUND,
        /** The content is of another type than asked for, for example a directory where a file is needed. */
        WRONG_TYPE
    }

    private final Kind kind;

    /** A failure of {@code kind}; {@code message} says what and where. */
    public ContentException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** As {@link #ContentException(Kind, String)}, with the failure that led to it. */
    public ContentException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Why the content was refused. */
    public Kind kind() {
        return kind;
    }

    /** Bytes or text that do not follow their format. */
    public static ContentException malformed(String message) {
        return new ContentException(Kind.MALFORMED, message);
    }

    /** Something well-formed that is not handled here. */
    public static ContentException unsupported(String message) {
        return new ContentException(Kind.UNSUPPORTED, message);
    }

    /** A limit was passed. */
    public static ContentException tooLarge(String message) {
        return new ContentException(Kind.TOO_LARGE, message);
    }

    /** The input ended early or lacks a block. */
    public static ContentException incomplete(String message) {
        return new ContentException(Kind.INCOMPLETE, message);
    }
}
