package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;

/**
 * A proposal as a provider saw it.
 *
 * @param id UUID, ULID or proposal CID
 * @param pieceCid version 1
 * @param client the client's key
 * @param epoch when it came
 * @param accepted whether the provider took it
 * @param reason why it did not; empty when it did
 * @param repeated the same id was seen before
 * @param doubled accepted although the same client has the same piece with this provider for mostly the same time
 */
public record ProposalSeen(
        String id,
        Protocol protocol,
        Address provider,
        Cid pieceCid,
        Address client,
        long epoch,
        boolean accepted,
        String reason,
        boolean repeated,
        boolean doubled) {}
