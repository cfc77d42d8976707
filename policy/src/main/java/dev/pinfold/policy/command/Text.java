package dev.pinfold.policy.command;

/**
 * A file that the caller has read.
 *
 * @param file its name, for messages
 * @param content its text
 */
public record Text(String file, String content) {}
