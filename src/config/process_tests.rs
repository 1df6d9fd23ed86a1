use std::time::Duration;

use super::tests::{only, parsed};
use super::*;

#[test]
fn commands_are_read_in_the_order_of_the_text() {
    let text = "[process.\"vendor.unpack\"]\ncommand = [\"tools/unpack\", \"-d\", \"\"]\nseconds = 0x20\n\
                [process.decode]\ncommand = [\"decode\"]\n";
    let processes = parsed(text).unwrap().processes;
    let read: Vec<_> = processes
        .iter()
        .map(|p| (p.name.value.as_str(), p.command.iter().map(|w| w.value.as_str()).collect(), p.patience))
        .collect();
    let unpack: Vec<&str> = vec!["tools/unpack", "-d", ""];
    let expected = [
        ("vendor.unpack", unpack, Duration::from_secs(32)),
        ("decode", vec!["decode"], Duration::from_secs(10)),
    ];
    assert_eq!(read, expected);
    assert_eq!(processes[0].command[1].key, "/process/vendor.unpack/command/1");
}

#[test]
fn what_is_wrong_with_a_command_is_pointed_at() {
    for (text, said, at) in [
        ("process = 1", "`process` is an integer, not a table", "1"),
        ("process.a = 1", "`a` is an integer, not a table", "1"),
        ("[process.a]", "[process.NAME] has no `command`", "[process.a]"),
        ("process.a.command = []", "`command` is empty", "[]"),
        ("process.a.command = [\"\", \"x\"]", "`command` is empty", "[\"\", \"x\"]"),
        ("process.a.command = [\"x\", 7]", "`command` is an integer, not a string", "7"),
        (
            "process.a.command = \"x y\"",
            "`command` is a string, not an array of strings: the program, then its arguments",
            "\"x y\"",
        ),
        ("process.a = {command = [\"x\"], seconds = 0}", "`seconds` is 0, not a number from 1 to 86400", "0"),
        (
            "process.a = {command = [\"x\"], seconds = -1}",
            "`seconds` is -1, not a number from 1 to 86400",
            "-1",
        ),
        ("process.a = {command = [\"x\"], seconds = 0.5}", "`seconds` is a float, not a whole number", "0.5"),
    ] {
        let (error, piece) = only(text);
        assert_eq!((error.to_string().as_str(), piece), (said, at), "{text}");
    }
    let (error, piece) = only("process.a = {command = [\"x\"], second = 7}");
    assert_eq!((error.to_string().as_str(), piece), ("`second` is no key of [process.NAME]", "second"));
    assert_eq!(error.to_finding().help.as_deref(), Some("did you mean `seconds`?"));
}

#[test]
fn a_process_has_a_name_that_schemas_can_give_it() {
    let (error, piece) = only("[process.Decode]\ncommand = [\"x\"]");
    assert_eq!(piece, "Decode");
    assert_eq!(
        error.to_string(),
        "`Decode` is no name of a custom process: a process has the name that schemas give it, of a-z, 0-9, `_` and \
         `.`, a letter first"
    );
    let (error, _) = only("[process.zlib]\ncommand = [\"x\"]");
    assert_eq!(
        error.to_string(),
        "`zlib` is no name of a custom process: this process is built in, and no command can take its place"
    );
    for name in ["a", "my_custom_fx", "nested.deeply.custom_fx", "a1"] {
        assert_eq!(check_process_name(name), Ok(()), "{name}");
    }
    for name in ["", "1a", "_a", ".a", "a-b", "a b", "größe"] {
        assert_eq!(check_process_name(name), Err(ProcessNameError::NoName), "{name}");
    }
}

#[test]
fn a_dotted_name_without_quotes_is_told_apart_from_a_misspelt_key() {
    let (error, piece) = only("[process.nested.deeply.custom_fx]\ncommand = [\"x\"]");
    assert_eq!(piece, "nested");
    assert_eq!(error.to_string(), "the name `nested.deeply.custom_fx` of a process has dots and no quotes");
    assert_eq!(error.to_finding().help.as_deref(), Some("write `[process.\"nested.deeply.custom_fx\"]`"));
}

#[test]
fn sets_and_formats_inherit_the_instances_that_they_do_not_name() {
    let of = |check: &str, own: &str| {
        let format = "[[format]]\nname = \"f\"\nschema = \"s\"\nfiles = [\"a\"]\n";
        let set = "[[set]]\nname = \"s\"\ncontract = \"c\"\nfiles = { a = \"a\" }\n";
        let config = parsed(&format!("[check]\n{check}\n{format}{own}\n{set}{own}\n")).unwrap();
        assert_eq!(config.formats[0].instances, config.sets[0].instances);
        config.sets[0].instances
    };
    let all = "instances = \"all\"";
    assert_eq!([of("", ""), of(all, ""), of("", all)], [Forced::Read, Forced::All, Forced::All]);
    assert_eq!(of(all, "instances = \"asked\""), Forced::None);
    assert_eq!(parsed(&format!("[check]\n{all}")).unwrap().instances, Forced::All);
}

#[test]
fn instances_are_one_of_three_words() {
    let (error, piece) = only("check.instances = \"al\"");
    assert_eq!(piece, "\"al\"");
    assert_eq!(error.to_string(), "`instances` is \"al\", which is none of asked, read, all");
    assert_eq!(error.to_finding().help.as_deref(), Some("did you mean `all`?"));
    for name in instance_names() {
        assert_eq!(instances_named(name).map(instances_name), Some(name));
    }
    assert_eq!(instances_named("every"), None);
}

#[test]
fn the_documented_configuration_is_sound() {
    let page = include_str!("configuration.md");
    let text = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let config = parsed(text).unwrap();
    assert_eq!(config.processes[0].name.value, "vendor.unpack");
    assert_eq!((config.limits.len(), config.sets.len(), config.formats.len()), (2, 1, 1));
}
