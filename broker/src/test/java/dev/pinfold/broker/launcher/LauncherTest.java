package dev.pinfold.broker.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.launcher.Checkout.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherTest {
    @TempDir
    Path folder;

    private Checkout checkout;

    @BeforeEach
    void checkOut() throws IOException {
        checkout = Checkout.in(folder);
    }

    @Test
    void without_a_jdk_it_says_what_is_needed_and_how_to_get_it() throws Exception {
        checkout.maven("3.9.9");
        Ran ran = checkout.run("serve");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err())
                .contains("21 or newer")
                .contains("apt install openjdk-21-jdk")
                .contains("brew install openjdk")
                .hasLineCount(1);
    }

    @Test
    void a_jdk_that_is_too_old_is_passed_over_and_the_newest_is_taken_wherever_it_lies() throws Exception {
        checkout.maven("3.9.9");
        Path old = checkout.jdk("jdk-17", "17.0.15");
        assertThat(checkout.javaHome(old).run("serve").err()).contains("21 or newer");
        checkout.jdk("jdk-21", "21.0.4");
        checkout.jdk("jdk-24", "24");
        assertThat(checkout.javaHome(old).run("serve").out()).startsWith("jdk-24 ");
        Path chosen = checkout.jdk("jdk-22", "22.0.1");
        assertThat(checkout.javaHome(chosen).run("serve").out()).startsWith("jdk-22 ");
    }

    @Test
    void without_maven_or_with_one_that_is_too_old_it_says_what_is_needed() throws Exception {
        checkout.jdk("jdk-21", "21.0.4");
        Ran without = checkout.run("serve");
        assertThat(without.exit()).isEqualTo(2);
        assertThat(without.err())
                .contains("Maven 3.8 or newer")
                .contains("apt install maven")
                .hasLineCount(1);

        checkout.maven("3.6.3");
        Ran old = checkout.run("serve");
        assertThat(old.exit()).isEqualTo(2);
        assertThat(old.err())
                .contains("Maven 3.8 or newer")
                .contains("is 3.6.3")
                .hasLineCount(1);
        assertThat(checkout.builds()).isZero();
    }

    @Test
    void it_builds_once_then_starts_at_once_and_builds_again_what_changed() throws Exception {
        checkout.jdk("jdk-21", "21.0.4");
        checkout.maven("3.9.9");
        Ran first = checkout.run("pin", "ls", "--name", "two words");
        assertThat(first.exit()).isZero();
        assertThat(first.err()).contains("first start");
        assertThat(first.out()).contains("dev.pinfold.broker.cli.Main pin ls --name two words");
        assertThat(checkout.builds()).isEqualTo(1);

        assertThat(checkout.run("serve").err()).isEmpty();
        assertThat(checkout.builds()).isEqualTo(1);

        checkout.touch("policy/src/main/java/Rule.java");
        assertThat(checkout.run("serve").err()).contains("sources changed");
        assertThat(checkout.builds()).isEqualTo(2);

        checkout.touch("policy/src/test/java/RuleTest.java");
        assertThat(checkout.run("serve").err()).isEmpty();
        assertThat(checkout.builds()).isEqualTo(2);
    }

    @Test
    void it_can_be_started_from_anywhere_and_through_a_link() throws Exception {
        checkout.jdk("jdk-21", "21.0.4");
        checkout.maven("3.9.9");
        Path link = folder.resolve("link");
        Files.createSymbolicLink(link, checkout.script());
        Ran ran = checkout.run(link, folder, "doctor");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("-Dpinfold.home=" + checkout.home().toRealPath());
    }

    @Test
    void a_build_that_fails_is_told_with_its_errors_and_tried_again_next_time() throws Exception {
        checkout.jdk("jdk-21", "21.0.4");
        checkout.maven("3.9.9");
        Files.writeString(folder.resolve("broken"), "");
        Ran failed = checkout.run("serve");
        assertThat(failed.exit()).isEqualTo(2);
        assertThat(failed.err()).contains("[ERROR] Rule.java:[1,1] broken").contains("build.log");
        assertThat(failed.out()).isEmpty();

        Files.delete(folder.resolve("broken"));
        assertThat(checkout.run("serve").exit()).isZero();
    }

    @Test
    void starts_at_the_same_time_build_once_and_all_run() throws Exception {
        checkout.jdk("jdk-21", "21.0.4");
        checkout.maven("3.9.9");
        Files.writeString(folder.resolve("hold"), "");
        List<Checkout.Running> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(checkout.start("client", String.valueOf(i)));
        }
        Checkout.eventually(
                "one builds, three wait",
                () -> checkout.builds() == 1
                        && all.stream()
                                        .filter(run -> run.errSoFar().contains("waiting for it"))
                                        .count()
                                == 3);
        Files.delete(folder.resolve("hold"));
        for (int i = 0; i < 4; i++) {
            Ran ran = all.get(i).end(Duration.ofSeconds(60));
            assertThat(ran.exit()).as(ran.err()).isZero();
            assertThat(ran.out()).endsWith("Main client " + i + "\n");
        }
        assertThat(checkout.builds()).isEqualTo(1);
    }

    @Test
    void the_lock_of_a_start_that_was_killed_is_taken_over() throws Exception {
        checkout.jdk("jdk-21", "21.0.4");
        checkout.maven("3.9.9");
        Path lock = Files.createDirectories(checkout.home().resolve(".pinfold/lock"));
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Files.writeString(lock.resolve("pid"), dead.pid() + "\n");
        assertThat(checkout.run("serve").exit()).isZero();
        assertThat(checkout.builds()).isEqualTo(1);
    }
}
