package dev.pinfold.policy;

import org.jspecify.annotations.Nullable;

/** One named hard filter in the order of evaluation. */
interface Filter {
    /** The name an explanation shows. */
    String name();

    /**
     * Null when the provider passes.
     *
     * @param candidate the provider
     * @param holdsCopy true when it holds a copy now: rules that only stop new placements let it stay
     */
    @Nullable
    String reasonAgainst(ProviderSnapshot candidate, boolean holdsCopy);

    /** A filter from a name and a test that treats new and existing copies alike. */
    static Filter of(String name, Check check) {
        return new Filter() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public @Nullable String reasonAgainst(ProviderSnapshot candidate, boolean holdsCopy) {
                return check.reasonAgainst(candidate);
            }
        };
    }

    /** A filter that stops new placements and lets existing copies stay. */
    static Filter forNewCopies(String name, Check check) {
        return new Filter() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public @Nullable String reasonAgainst(ProviderSnapshot candidate, boolean holdsCopy) {
                return holdsCopy ? null : check.reasonAgainst(candidate);
            }
        };
    }

    /** The test of a filter. */
    @FunctionalInterface
    interface Check {
        @Nullable
        String reasonAgainst(ProviderSnapshot candidate);
    }
}
