//! Configurations and reports, as they are and as they should not be.

use super::plan::{Argument, Cause, Open, Through};
use super::*;
use crate::config::ConfigError;
use crate::span::Sources;

const LEAST: &str = "[module]\nfile = \"a.ko\"\n[content]\nthrough = \"write\"\npath = \"/dev/a\"\nschema = \"a.ksy\"\nseeds = \"seeds\"\n";

fn read(text: &str) -> Result<CampaignConfig, Vec<ConfigError>> {
    let source = Sources::default().add("a.toml", text);
    parse(text, source, "campaigns".as_ref())
}

/// The message of each error, and the text that it points to.
#[track_caller]
fn wrong(text: &str) -> Vec<(String, String)> {
    let errors = read(text).unwrap_err();
    let at = |error: &ConfigError| {
        let span = error.span().unwrap();
        text.get(span.start as usize..span.end as usize).unwrap().to_owned()
    };
    errors.iter().map(|error| (error.to_string(), at(error))).collect()
}

#[test]
fn what_is_not_said_has_a_default() {
    let config = read(LEAST).unwrap();
    assert_eq!(config.module.value, std::path::Path::new("campaigns/a.ko"));
    assert_eq!(config.limits, CampaignLimits::default());
    assert!(!config.reload && config.event.is_none() && config.x86.is_none());
}

#[test]
fn each_way_to_hand_content_over_is_read() {
    let with = |lines: &str| {
        let text = LEAST.replace("through = \"write\"\npath = \"/dev/a\"\n", lines);
        let config = read(&text).unwrap();
        (config.content, config.reload)
    };
    let (path, request) = ("/dev/a".to_owned(), 0x4008_6101);
    let write = |open| Through::Write { path: path.clone(), open };
    let lines = "through = \"write\"\npath = \"/dev/a\"\n";
    assert_eq!(with(lines), (write(Open::Each), false));
    assert_eq!(with(&format!("{lines}open = \"once\"\n")), (write(Open::Once), false));
    let ioctl = |argument| Through::Ioctl { path: path.clone(), request, argument };
    let lines = "through = \"ioctl\"\npath = \"/dev/a\"\nrequest = 0x40086101\n";
    assert_eq!(with(lines), (ioctl(Argument::Bytes), false));
    assert_eq!(with(&format!("{lines}argument = \"buffer\"\n")), (ioctl(Argument::Buffer), false));
    let firmware = Through::Firmware { name: "a.bin".into() };
    assert_eq!(with("through = \"firmware\"\nname = \"a.bin\"\n"), (firmware, false));
    // Nobody can hand over a parameter to a module that is there already.
    let parameter = Through::Parameter { name: "rules".into() };
    assert_eq!(with("through = \"parameter\"\nname = \"rules\"\n"), (parameter, true));
}

#[test]
fn each_event_is_read() {
    let with = |lines: &str| read(&format!("{LEAST}[event]\n{lines}")).unwrap().event.unwrap();
    let path = || "/dev/a".to_owned();
    assert_eq!(
        with("cause = \"write\"\npath = \"/dev/a\"\ntext = \"go\"\n"),
        Cause::Write { path: path(), bytes: b"go".to_vec() }
    );
    assert_eq!(with("cause = \"read\"\npath = \"/dev/a\"\n"), Cause::Read { path: path() });
    assert_eq!(
        with("cause = \"ioctl\"\npath = \"/dev/a\"\nrequest = 1\n"),
        Cause::Ioctl { path: path(), request: 1, argument: Argument::Bytes, bytes: Vec::new() }
    );
    assert_eq!(
        with("cause = \"command\"\ncommand = [\"/bin/go\", \"now\"]\n"),
        Cause::Command { words: vec!["/bin/go".into(), "now".into()] }
    );
}

#[test]
fn what_is_wrong_has_a_place() {
    assert_eq!(
        wrong(&LEAST.replace("\"write\"", "\"wirte\"")),
        [(
            "`through` is \"wirte\", which is none of write, ioctl, firmware, parameter".into(),
            "\"wirte\"".into()
        )]
    );
    assert_eq!(
        wrong(&format!("{LEAST}[limits]\nseconds = 0\n")),
        [("`seconds` is 0, not a number from 1 to 4294967295".into(), "0".into())]
    );
    assert_eq!(wrong(&LEAST.replace("file =", "fiel ="))[0].0, "[module] has no `file`");
    assert_eq!(wrong(&LEAST.replace("path =", "pahts ="))[0].0, "[content] has no `path`");
    let event = wrong(&format!("{LEAST}[event]\ncause = \"command\"\n"));
    assert_eq!(event[0].0, "[event] has no `command`");
    let missing: Vec<String> = wrong("").into_iter().map(|(message, _)| message).collect();
    assert_eq!(missing, ["the configuration has no `module`", "the configuration has no `content`"]);
    assert!(matches!(read("[module").unwrap_err()[..], [ConfigError::Syntax { .. }]));
}

const UML: &str = "\
[    0.300000] sensor: loading out-of-tree module taints kernel.\r
[    0.400000] ==================================================================\r
[    0.400000] BUG: KASAN: slab-out-of-bounds in instance_matches+0x2d4/0x3f0 [sensor]\r
[    0.400000] Read of size 8 at addr 0000000062d0ff28 by task init/26\r
[    0.410000] \r
[    0.410000] CPU: 0 PID: 26 Comm: init Tainted: G           O       6.1.0-bootgate-uml #1\r
[    0.410000] Stack:\r
[    0.410000]  6246f7d0 00000000 6001c8a0 60a4be60\r
[    0.410000] Call Trace:\r
[    0.410000]  [<6001d2b6>] show_stack+0xf6/0x110\r
[    0.410000]  [<6001d2b6>] ? dump_stack_lvl+0x0/0x30\r
[    0.410000]  [<600f2ad4>] print_report+0x194/0x4c0\r
[    0.410000]  [<64012345>] instance_matches+0x2d4/0x3f0 [sensor]\r
[    0.410000]  [<64012346>] sensor_evaluate.constprop.0+0x164/0x2f0 [sensor]\r
[    0.410000]  [<64012347>] sensor_cause+0x84/0xb0 [sensor]\r
[    0.410000]  [<64012348>] case_write+0x84/0xb0 [sensor]\r
[    0.410000]  [<60100000>] vfs_write+0x84/0xb0\r
[    0.410000] \r
[    0.410000] Allocated by task 26:\r
[    0.410000]  [<60100000>] kmalloc+0x84/0xb0\r
[    0.410000] Kernel panic - not syncing: KASAN: panic_on_warn set ...\r
";

const X86: &str = "\
[    1.52] BUG: KASAN: slab-out-of-bounds in instance_matches+0x1b2/0x2a0 [sensor]
[    1.52] Read of size 8 at addr ffff888005b2a0a0 by task init/31
[    1.53] Call Trace:
[    1.53]  <TASK>
[    1.53]  dump_stack_lvl+0x34/0x44
[    1.53]  kasan_report+0xb1/0x120
[    1.53]  ? instance_matches+0x1b2/0x2a0 [sensor]
[    1.53]  instance_matches+0x1b2/0x2a0 [sensor]
[    1.53]  sensor_evaluate+0x1aa/0x300 [sensor]
[    1.53]  sensor_cause+0x1aa/0x300 [sensor]
[    1.53]  vfs_write+0x1aa/0x300
[    1.53]  </TASK>
";

#[test]
fn a_report_of_kasan_says_what_was_done_and_where() {
    let report = Report::find(UML).unwrap();
    assert_eq!(report.kind, "KASAN: slab-out-of-bounds");
    assert_eq!(report.access.as_deref(), Some("read of 8 bytes"));
    let functions: Vec<&str> = report.frames.iter().map(|frame| frame.function.as_str()).collect();
    assert_eq!(functions, ["instance_matches", "sensor_evaluate", "sensor_cause", "case_write", "vfs_write"]);
    assert_eq!(report.frames[4].module, None);
    assert!(
        report.text.starts_with("BUG: KASAN: ") && report.text.contains("Allocated by task"),
        "{}",
        report.text
    );
    let words =
        "KASAN: slab-out-of-bounds, read of 8 bytes, in instance_matches < sensor_evaluate < sensor_cause";
    assert_eq!(report.key("sensor").words(), words);
    assert_eq!(report.key("sensor").slug(), "slab-out-of-bounds-instance_matches");
}

#[test]
fn the_same_fault_in_another_kernel_has_the_same_key() {
    let (uml, x86) = (Report::find(UML).unwrap(), Report::find(X86).unwrap());
    assert_eq!(uml.key("sensor"), x86.key("sensor"));
}

#[test]
fn where_the_kernel_is_sure_of_no_entry_those_count_that_can_be_returned_to() {
    let unsure = "[1.0] BUG: KASAN: slab-out-of-bounds in play+0xd1/0xfb [toy]
[1.0] Read of size 8 at addr 000000008802aaa0 by task init/16
[1.0] Call Trace:
[1.0]  [<60039e40>] ? dump_trace+0x0/0x220
[1.0]  [<6006a3ff>] ? print_tainted+0x8f/0x210
[1.0]  [<6077d4a3>] ? unrelated+0x78/0x84
[1.0]  [<97271272>] ? play+0xd1/0xfb [toy]
[1.0]  [<6027ac8f>] ? kasan_report+0xff/0x140
[1.0]  [<97271272>] ? play+0xd1/0xfb [toy]
[1.0]  [<97270560>] ? stop+0x0/0xfb [toy]
[1.0]  [<97270022>] ? blink_write+0x1c2/0x440 [toy]
";
    let words = Report::find(unsure).unwrap().key("toy").words();
    assert_eq!(words, "KASAN: slab-out-of-bounds, read of 8 bytes, in play < blink_write");
}

#[test]
fn another_access_or_another_function_is_another_fault() {
    let key = |text: &str| Report::find(text).unwrap().key("sensor");
    assert_ne!(key(UML), key(&UML.replace("Read of size 8", "Write of size 8")));
    assert_ne!(key(UML), key(&UML.replace("sensor_evaluate", "sensor_load")));
    // Addresses and offsets are others in each run.
    assert_eq!(key(UML), key(&UML.replace("0x2d4", "0x2d8").replace("62d0ff28", "62d0ff48")));
}

#[test]
fn a_report_without_kasan_is_one_too() {
    let text = "[ 1.0] Kernel panic - not syncing: Kernel mode fault at addr 0x18, ip 0x6400\n[ 1.0] Call Trace:\n[ 1.0]  [<64>] play+0x1/0x2 [toy]\n";
    let report = Report::find(text).unwrap();
    assert_eq!(report.frames, [Frame { function: "play".into(), module: Some("toy".into()) }]);
    let later = Report::find(&text.replace("0x18", "0x24")).unwrap();
    assert_eq!(report.key("toy"), later.key("toy"));
    assert_eq!(Report::find("sensor: loaded, 6 instances\nreboot: Power down\n"), None);
}
