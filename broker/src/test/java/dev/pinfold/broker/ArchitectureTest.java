package dev.pinfold.broker;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules that keep the file tree the architecture; each says why. */
@AnalyzeClasses(packages = "dev.pinfold", importOptions = ArchitectureTest.WithoutTests.class)
class ArchitectureTest {
    private static final String ROOT = "dev.pinfold.broker";
    private static final String[] CORE = {
        ROOT + ".pin..",
        ROOT + ".replica..",
        ROOT + ".placement..",
        ROOT + ".reconcile..",
        ROOT + ".cold..",
        ROOT + ".alert.."
    };
    private static final DescribedPredicate<JavaClass> VALUE = new DescribedPredicate<>("a value") {
        @Override
        public boolean test(JavaClass type) {
            // Folding a name is arithmetic on a value of the core.
            return type.isRecord()
                    || type.isEnum()
                    || type.getSimpleName().equals("NameFolding")
                    || isChoiceOfRecords(type)
                    || type.getEnclosingClass().map(this::test).orElse(false);
        }
    };

    /** A sealed interface is a value when everything it can be is a record. */
    private static boolean isChoiceOfRecords(JavaClass type) {
        return type.isInterface()
                && !type.getSubclasses().isEmpty()
                && type.getSubclasses().stream().allMatch(JavaClass::isRecord);
    }

    /** Leaves out whatever was compiled together with this class. */
    static final class WithoutTests implements ImportOption {
        @Override
        public boolean includes(Location location) {
            String here = ArchitectureTest.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toString();
            return !location.contains(here);
        }
    }

    @ArchTest
    static final ArchRule sql_is_spoken_in_the_store_only = noClasses()
            .that()
            .resideInAPackage("dev.pinfold..")
            .and()
            .resideOutsideOfPackages(ROOT + ".store..", ROOT + ".bench..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.sqlclient..", "io.vertx.pgclient..", "java.sql..")
            .because("there is one place for SQL: what the database holds can be read in one package;"
                    + " only the benchmark's reference, which is no part of the broker, has its own");

    /** JSON values of Vert.x are data, not machinery; where they are the shape of a column or an answer they may be. */
    @ArchTest
    static final ArchRule vertx_stays_at_the_edges = noClasses()
            .that()
            .resideInAPackage("dev.pinfold..")
            .and(not(resideInAnyPackage(
                    ROOT,
                    ROOT + ".api..",
                    ROOT + ".gateway..",
                    ROOT + ".retrieval..",
                    ROOT + ".store..",
                    ROOT + ".cluster..",
                    ROOT + ".ui..",
                    ROOT + ".provider..",
                    ROOT + ".telemetry..",
                    ROOT + ".pin..")))
            .and()
            .resideOutsideOfPackages("dev.pinfold.kit..", "dev.pinfold.conformance..", ROOT + ".bench..")
            .and(not(name(ROOT + ".cli.OwnBroker")))
            .should()
            .dependOnClassesThat(resideInAPackage("io.vertx..").and(not(resideInAPackage("io.vertx.core.json.."))))
            .because("code that decides reads straight down and is tested without an event loop;"
                    + " only the edges, and the pin service by ADR 2, know Vert.x");

    @ArchTest
    static final ArchRule decisions_know_no_json_either = noClasses()
            .that()
            .resideInAnyPackage(
                    ROOT + ".reconcile..",
                    ROOT + ".replica..",
                    ROOT + ".config..",
                    "dev.pinfold.policy..",
                    "dev.pinfold.spi..",
                    "dev.pinfold.content..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx..")
            .because("a JSON document is no domain type: states and outcomes are in the type system");

    @ArchTest
    static final ArchRule the_broker_knows_no_adapter = noClasses()
            .that()
            .resideInAPackage(ROOT + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.pinfold.http..",
                    "dev.pinfold.local..",
                    "dev.pinfold.psa..",
                    "dev.pinfold.kubo..",
                    "dev.pinfold.filecoin..",
                    "dev.pinfold.simulator..",
                    "dev.pinfold.kit..")
            .because("adapters are found by ServiceLoader: a new provider edits no file of the broker");

    @ArchTest
    static final ArchRule adapters_know_only_the_contract_and_content = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.pinfold.http..",
                    "dev.pinfold.local..",
                    "dev.pinfold.psa..",
                    "dev.pinfold.kubo..",
                    "dev.pinfold.filecoin..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.pinfold..")
                    .and(not(resideInAnyPackage(
                            "dev.pinfold.http..",
                            "dev.pinfold.local..",
                            "dev.pinfold.psa..",
                            "dev.pinfold.kubo..",
                            "dev.pinfold.filecoin..",
                            "dev.pinfold.spi..",
                            "dev.pinfold.content.."))))
            .because("an adapter translates; calling, timing, limiting and measuring is the broker's");

    @ArchTest
    static final ArchRule deciding_does_no_input_or_output = noClasses()
            .that()
            .haveFullyQualifiedName(ROOT + ".reconcile.Decide")
            .or()
            .resideInAPackage(ROOT + ".replica..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.io..", "java.nio..", "java.net..", "org.slf4j..", ROOT + ".store..")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Clock")
            .because("the rules of a copy's life are arithmetic: time comes in as a value");

    @ArchTest
    static final ArchRule packages_are_named_for_what_they_do = classes()
            .that()
            .resideInAPackage("dev.pinfold..")
            .should()
            .resideOutsideOfPackages("..util..", "..common..", "..misc..", "..impl..", "..helper..", "..manager..")
            .because("such names tell nothing, and everything ends up in them");

    @ArchTest
    static final ArchRule the_composition_root_is_used_by_the_command_line_alone = noClasses()
            .that()
            .resideInAPackage(ROOT + "..")
            .and()
            .resideOutsideOfPackages(ROOT, ROOT + ".cli..", ROOT + ".bench..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName(ROOT + ".Broker")
            .because("parts get what they need handed in; none reaches for the whole");

    @ArchTest
    static final ArchRule the_store_knows_values_of_the_core_and_nothing_that_acts = noClasses()
            .that()
            .resideInAPackage(ROOT + ".store..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(CORE).and(not(VALUE)))
            .because("the core calls the store and never the other way round");

    /** The store writes and reads values of the core; that the core calls it makes no circle of behaviour. */
    @ArchTest
    static final ArchRule packages_do_not_go_in_circles = slices().matching(ROOT + ".(*)..")
            .should()
            .beFreeOfCycles()
            .ignoreDependency(
                    resideInAPackage(ROOT + ".store.."),
                    resideInAnyPackage(CORE).and(VALUE))
            .because("packages that need each other can neither be read nor tested alone");

    /** Text that a compiler does not see as SQL: found by its words. */
    @Test
    void no_sql_text_stands_outside_the_store() throws IOException {
        Pattern sql = Pattern.compile(
                "(?s)\"[^\"]*\\b(SELECT\\s+.+?\\s+FROM|INSERT\\s+INTO|UPDATE\\s+\\w+\\s+SET|DELETE\\s+FROM)\\b");
        Path sources = Path.of(System.getProperty("pinfold.root", "..")).resolve("broker/src/main/java");
        try (Stream<Path> files = Files.walk(sources)) {
            List<Path> found = files.filter(f -> f.toString().endsWith(".java"))
                    .filter(f ->
                            !f.toString().contains("/store/") && !f.toString().contains("/bench/"))
                    .filter(f -> sql.matcher(read(f)).find())
                    .toList();
            assertThat(found)
                    .as("there is one place for SQL, so that schema and statements change together")
                    .isEmpty();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ArchTest
    static void all_modules_are_looked_at(JavaClasses all) {
        for (String module :
                List.of("policy", "content", "spi", "http", "local", "psa", "kubo", "filecoin", "broker")) {
            assertThat(all.stream().anyMatch(c -> c.getPackageName().startsWith("dev.pinfold." + module)))
                    .as("classes of %s are on the class path", module)
                    .isTrue();
        }
    }
}
