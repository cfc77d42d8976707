package dev.pinfold.kit;

import java.time.Duration;

/** How the state of a new pin goes on at a {@link ScriptedPsa}. */
public sealed interface Progress {
    /** Pinned in the answer to the request already, whether anybody has the content or not. */
    record Immediately() implements Progress {}

    /** Queued at first, pinning after half of these looks, pinned after all of them. A list is a look too. */
    record AfterLooks(int looks) implements Progress {}

    /** Pinning at first, pinned after this time. */
    record AfterTime(Duration time) implements Progress {}

    /** Pinning until the content is offered on the {@link Network}, pinned from then on. */
    record WhenOffered() implements Progress {}

    /** Queued for ever. */
    record Never() implements Progress {}

    /** Failed, with this reason in {@code info.status_details}. */
    record Fails(String reason) implements Progress {}
}
