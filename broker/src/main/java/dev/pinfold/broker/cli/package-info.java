/**
 * The command line. {@code Main} runs one command and turns its outcome into an exit code; each command is one class.
 * Client commands speak HTTP through {@code BrokerClient} and load nothing of the server.
 */
@NullMarked
package dev.pinfold.broker.cli;

import org.jspecify.annotations.NullMarked;
