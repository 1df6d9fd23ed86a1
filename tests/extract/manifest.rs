//! What becomes of manifests, and of the verdicts that rest on them.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::workshop::{Workshop, errors, numbers};

const CONTRACT: &str = "\
[contract]
consumer = 'sensor'
builds = 'builds/*.build.toml'
[files]
content = 'content.ksy'
[capacity.\"inputs.ipc\"]
from = 'debug:ipc_ctx.inputs'
needs = 'emitted'
[capacity.\"by hand\"]
";

fn build(shop: &Workshop, inputs: u32) {
    shop.sh(&format!("cc -g -DINPUTS={inputs} sensor.c -o sensor"));
}

fn shop() -> Workshop {
    let shop = Workshop::with_sensor();
    shop.write("contract.toml", CONTRACT);
    build(&shop, 32);
    shop
}

const RUN: &str = "sensor --contract contract.toml --version 7.15 --platform linux-x64";

#[test]
fn a_new_manifest_is_that_of_a_candidate_and_is_written_whole_or_not_at_all() {
    let shop = shop();
    let (exit, json) = shop.extract(RUN);
    assert_eq!(exit, 1, "nothing is known of one capacity: {json:#}");
    assert_eq!(json["manifest"]["fate"], "not-written");
    assert!(!shop.path("builds").exists());

    let (exit, json) = shop.extract(&format!("{RUN} --without inputs.ipc --without by"));
    assert_eq!(
        (exit, errors(&json)[0].0.as_str()),
        (2, "usage"),
        "`--without` of what the contract does not have"
    );
    shop.write("contract.toml", CONTRACT.replace("[capacity.\"by hand\"]\n", ""));
    let (exit, json) = shop.extract(&format!("{RUN} --dry-run"));
    assert_eq!((exit, json["manifest"]["fate"].as_str()), (0, Some("dry-run")));
    assert!(!shop.path("builds").exists());

    let (exit, json) = shop.extract(RUN);
    assert_eq!((exit, json["manifest"]["fate"].as_str()), (0, Some("created")), "{json:#}");
    let warnings = errors(&json);
    assert_eq!(warnings[0].0, "capacity-not-stated", "storage is less than the contract needs");
    assert!(warnings[0].1.contains("`check` will refuse each read"), "{warnings:?}");
    let text = shop.read("builds/7.15.build.toml");
    let (id, sha256) = (json["build"]["id"].as_str().unwrap(), json["build"]["sha256"].as_str().unwrap());
    assert_eq!(
        text,
        format!(
            "build = {{ version = \"7.15\", platform = \"linux-x64\", id = \"{id}\", sha256 = \"{sha256}\" }}\n\
             state = \"candidate\"\n\
             capacity.\"inputs.ipc\" = {{ value = 32, evidence = \"storage\" }}\n"
        )
    );
    let summed = shop.try_sh("sha256sum sensor").stdout;
    assert!(String::from_utf8_lossy(&summed).starts_with(sha256));
    let (exit, json) = shop.extract(RUN);
    assert_eq!((exit, json["manifest"]["fate"].as_str()), (0, Some("unchanged")));
    assert_eq!(shop.read("builds/7.15.build.toml"), text);
    let left: Vec<_> = fs::read_dir(shop.path("builds")).unwrap().collect();
    assert_eq!(left.len(), 1, "no temporary file is left: {left:?}");
}

/// A manifest that somebody wrote, with the digest of the binary.
fn written(shop: &Workshop, evidence: &str, sha256: &str) -> String {
    let text = format!(
        "# The release of July.\n\nstate = \"fielded\" # since 2024-02\n\n[build]\nversion = '7.15' # as shipped\n\
         platform = 'linux-x64'\nsha256 = '{sha256}'\n\n[capacity]\n# Nobody knows why.\n\
         \"by hand\" = {{ value = 0x10, evidence = 'declared' }}\n\
         \"inputs.ipc\" = {{ value = 20, beyond = \"no-match\", evidence = '{evidence}' }} # counted twice\n"
    );
    fs::create_dir_all(shop.path("builds")).unwrap();
    shop.write("builds/july.build.toml", &text);
    text
}

fn digest(shop: &Workshop) -> String {
    String::from_utf8_lossy(&shop.try_sh("sha256sum sensor").stdout).get(..64).unwrap().to_owned()
}

#[test]
fn evidence_of_this_very_binary_stays_where_it_is_stronger() {
    let shop = shop();
    for evidence in ["emitted", "observed"] {
        let before = written(&shop, evidence, &digest(&shop));
        let (exit, json) = shop.extract(RUN);
        assert_eq!(exit, 0, "{json:#}");
        assert_eq!(numbers(&json)["inputs.ipc"], (20, evidence.to_owned()));
        let after = shop.read("builds/july.build.toml");
        // The build id is new; nothing else is.
        let lines: Vec<&str> = after.lines().filter(|line| !line.starts_with("id = ")).collect();
        assert_eq!(lines, before.lines().collect::<Vec<_>>());
    }
}

#[test]
fn evidence_of_another_binary_gives_way_and_that_is_said() {
    let shop = shop();
    for evidence in ["emitted", "observed"] {
        written(&shop, evidence, &"0".repeat(64));
        let (exit, json) = shop.extract(RUN);
        assert_eq!((exit, json["manifest"]["fate"].as_str()), (0, Some("updated")), "{json:#}");
        assert_eq!(numbers(&json)["inputs.ipc"], (32, "storage".to_owned()));
        let told = errors(&json);
        let outdated = told.iter().find(|(code, ..)| code == "evidence-outdated").unwrap();
        assert!(
            outdated.2.contains(&format!("20 by evidence `{evidence}`, of another binary")),
            "{outdated:?}"
        );
        assert!(outdated.2.contains("this binary shows 32 by `storage`"), "{outdated:?}");
        let text = shop.read("builds/july.build.toml");
        for kept in [
            "# The release of July.\n",
            "state = \"fielded\" # since 2024-02\n",
            "version = '7.15' # as shipped\n",
            "# Nobody knows why.\n\"by hand\" = { value = 0x10, evidence = 'declared' }\n",
            "{ value = 32, beyond = \"no-match\", evidence = \"storage\" } # counted twice\n",
        ] {
            assert!(text.contains(kept), "{kept}\nis not in\n{text}");
        }
        assert!(text.contains(&digest(&shop)));
    }
}

#[test]
fn a_stronger_number_than_before_is_written_over_a_weaker_one() {
    let shop = shop();
    written(&shop, "declared", &digest(&shop));
    let (exit, json) = shop.extract(&format!("{RUN} --state candidate"));
    assert_eq!(exit, 0, "{json:#}");
    assert_eq!(numbers(&json)["inputs.ipc"], (32, "storage".to_owned()));
    assert_eq!(json["capacities"][1]["change"], "was 20 by declared");
    assert!(shop.read("builds/july.build.toml").contains("state = \"candidate\" # since 2024-02"));
}

#[test]
fn a_capacity_that_the_build_does_not_have_is_left_out_only_if_that_is_so() {
    let shop = shop();
    written(&shop, "declared", &digest(&shop));
    let (exit, json) = shop.extract(&format!("{RUN} --without inputs.ipc"));
    let wrong = errors(&json);
    assert_eq!((exit, wrong[0].0.as_str()), (2, "usage"));
    assert!(wrong[0].1.contains("but the build has it: 32"), "{wrong:?}");

    shop.write("contract.toml", CONTRACT.replace("ipc_ctx.inputs", "process_ctx.inputs"));
    let (exit, json) = shop.extract(RUN);
    let wrong = errors(&json);
    assert_eq!((exit, wrong[0].0.as_str()), (1, "debug-name-unknown"), "{wrong:?}");
    let (exit, json) = shop.extract(&format!("{RUN} --without inputs.ipc"));
    assert_eq!(exit, 0, "{json:#}");
    let text = shop.read("builds/july.build.toml");
    assert!(!text.contains("inputs.ipc") && text.contains("by hand"), "{text}");
}

#[test]
fn what_cannot_be_the_manifest_of_the_build_is_refused() {
    let shop = shop();
    shop.write("contract.toml", CONTRACT.replace("[capacity.\"by hand\"]\n", ""));
    let (exit, json) = shop.extract("sensor --contract contract.toml");
    assert_eq!((exit, errors(&json)[0].0.as_str()), (2, "usage"), "no version: {json:#}");
    let (exit, json) = shop.extract("sensor --contract contract.toml --manifest other.toml --version 7.15");
    assert_eq!((exit, json["manifest"]["fate"].as_str()), (0, Some("created")));
    let (exit, json) = shop.extract("sensor --contract contract.toml --manifest other.toml --version 7.16");
    assert!(exit == 2 && errors(&json)[0].1.contains("the manifest of 7.15, not of 7.16"), "{json:#}");
    let (exit, _) = shop.extract("sensor --contract contract.toml --manifest other.toml");
    assert_eq!(exit, 0, "the manifest says which build it is");
    shop.write("other.toml", "build = {");
    let (exit, json) = shop.extract("sensor --contract contract.toml --manifest other.toml");
    assert_eq!((exit, errors(&json)[0].0.as_str()), (2, "contract-syntax"));
    assert_eq!(shop.read("other.toml"), "build = {");
    let old = "build = { version = '7.15' }\nstate = 'fielded'\ncapacity.gone = { value = 1, evidence = 'declared' }\n";
    shop.write("other.toml", old);
    let (exit, json) = shop.extract("sensor --contract contract.toml --manifest other.toml");
    assert_eq!((exit, errors(&json).last().unwrap().0.as_str()), (2, "capacity-undeclared"), "{json:#}");
    assert_eq!(shop.read("other.toml"), old);
}

/// The July set against builds whose arrays have room for it, whatever is filled in: an array proves nothing.
#[test]
fn no_build_passes_the_july_set_on_the_length_of_an_array() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shop = shop();
    shop.sh(&format!("cp -r {} channel", root.join("schemas/channel").display()));
    let july = root.join("corpus/channel/invalid/july-2024");
    // `inputs[32]` with 20 filled; and `inputs[21]`, generated from the definitions, with 20 filled.
    for (inputs, version) in [(32, "9.32"), (21, "9.21")] {
        shop.write(
            "sensor.c",
            super::workshop::SENSOR.to_owned()
                + "struct process_ctx { void *inputs[14]; } p; struct file_ctx { void *inputs[12]; } f;",
        );
        build(&shop, inputs);
        let run = format!(
            "sensor --contract channel/sensor.contract.toml --version {version} --platform linux-x64 --state fielded"
        );
        let (exit, json) = shop.extract(&run);
        assert_eq!(exit, 0, "{json:#}");
        assert_eq!(numbers(&json)["inputs.ipc"], (u64::from(inputs), "storage".to_owned()));
        let check = Command::new(env!("CARGO_BIN_EXE_bootgate"))
            .args(["check", "--format", "json", "--contract", "channel/sensor.contract.toml", "--build"])
            .arg(format!("={version}"))
            .arg(format!("definitions={}", july.join("definitions.bin").display()))
            .arg(format!("channel={}", july.join("channel.bin").display()))
            .current_dir(shop.path(""))
            .output()
            .unwrap();
        assert_eq!(check.status.code(), Some(1), "{}", String::from_utf8_lossy(&check.stdout));
        let json: serde_json::Value = serde_json::from_slice(&check.stdout).unwrap();
        assert!(errors(&json).iter().any(|(code, ..)| code == "evidence-too-weak"), "{json:#}");
    }
}
