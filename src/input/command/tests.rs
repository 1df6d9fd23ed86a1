use super::*;

const SOON: Duration = Duration::from_millis(100);
/// Longer than any command here takes on the slowest machine.
const LATE: Duration = Duration::from_secs(120);

fn command(argv: &[&str]) -> Command {
    Command::new(argv.iter().map(|&a| a.to_owned()).collect()).unwrap()
}

fn shell(script: &str) -> Command {
    command(&["/bin/sh", "-c", script])
}

#[test]
fn what_goes_in_comes_out_however_much_it_is() {
    for length in [0, 1, 65_536, 65_537, 5_000_000] {
        let input: Vec<u8> = (0..=250).cycle().take(length).collect();
        let output = command(&["/bin/cat"]).run(&[], &input, length as u64, LATE).unwrap();
        assert!(output == input, "{length} bytes");
    }
}

#[test]
fn arguments_follow_the_configured_ones_and_no_shell_reads_them() {
    let arguments = ["7".to_owned(), "$(id) ; *".to_owned(), String::new()];
    let output = command(&["printf", "%s|", "first"]).run(&arguments, b"", 100, LATE).unwrap();
    assert_eq!(output, b"first|7|$(id) ; *||");
}

#[test]
fn a_command_need_not_read_its_input() {
    let input = vec![0; 1 << 20];
    assert_eq!(shell("echo done").run(&[], &input, 100, LATE).unwrap(), b"done\n");
    assert_eq!(shell("exec <&-; echo done").run(&[], &input, 100, LATE).unwrap(), b"done\n");
}

#[test]
fn a_command_that_writes_before_it_reads_is_not_waited_for() {
    // More than a pipe holds, in both directions, and on both outputs.
    let script = "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; cat";
    let output = shell(script).run(&[], &vec![1; 300_000], 1 << 20, LATE).unwrap();
    assert_eq!(output.len(), 600_000);
}

#[test]
fn output_is_bounded() {
    assert_eq!(shell("printf 12345").run(&[], b"", 5, LATE).unwrap(), b"12345");
    let error = shell("printf 123456").run(&[], b"", 5, LATE).unwrap_err();
    assert!(matches!(error, CommandError::TooLong { most: 5, .. }), "{error}");
    let endless = command(&["/bin/cat", "/dev/zero"]).run(&[], b"", 1 << 20, LATE).unwrap_err();
    assert_eq!(
        endless.to_string(),
        "`/bin/cat` gave more than 1048576 bytes and was ended; raise the limit if that is what it should give"
    );
}

#[test]
fn a_slow_command_is_ended_with_all_that_it_started() {
    // The one in the background holds the pipes as well.
    for script in ["echo why >&2; sleep 1000 & sleep 1000", "exec >&- 2>&-; sleep 1000", "sleep 1000 | cat"] {
        let started = Instant::now();
        let error = shell(script).run(&[], b"", 100, SOON).unwrap_err();
        assert!(matches!(error, CommandError::TooSlow { patience: SOON, .. }), "{script}: {error}");
        assert!(started.elapsed() < LATE, "{script}");
    }
}

#[test]
fn a_command_that_reads_nothing_is_too_slow() {
    let error = shell("sleep 1000").run(&[], &vec![0; 1 << 20], 100, SOON).unwrap_err();
    assert!(matches!(error, CommandError::TooSlow { .. }), "{error}");
}

#[test]
fn patience_may_be_without_end() {
    assert_eq!(shell("echo").run(&[], b"", 100, Duration::MAX).unwrap(), b"\n");
}

#[test]
fn failure_is_told_with_the_beginning_of_the_complaint() {
    let error = shell("echo no good >&2; echo text; exit 3").run(&[], b"", 100, LATE).unwrap_err();
    assert_eq!(error.to_string(), "`/bin/sh` failed with exit code 3; it wrote: no good");
    let error = command(&["false"]).run(&[], b"", 100, LATE).unwrap_err();
    assert_eq!(error.to_string(), "`false` failed with exit code 1");

    let script = "head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1";
    match shell(script).run(&[], b"", 100, LATE) {
        Err(CommandError::Failed { complaint, .. }) => assert_eq!(complaint, "x".repeat(1024)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_crash_is_told_with_its_signal() {
    let error = shell("echo ouch >&2; kill -SEGV $$").run(&[], b"", 100, LATE).unwrap_err();
    assert_eq!(error.to_string(), "`/bin/sh` was ended by signal 11; it wrote: ouch");
}

#[test]
fn a_command_that_cannot_start_says_what_to_do() {
    for program in ["no-such-program", "/etc/passwd", "/", "a\0b"] {
        let error = command(&[program]).run(&[], b"", 100, LATE).unwrap_err();
        assert!(matches!(error, CommandError::Start { .. }), "{error}");
        assert!(error.to_string().contains("give the full path of a program"), "{error}");
    }
    for argv in [vec![], vec![String::new()]] {
        assert!(matches!(Command::new(argv), Err(CommandError::Empty)));
    }
}
