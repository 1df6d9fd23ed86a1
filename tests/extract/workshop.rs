//! A folder to compile in, and the command that is tested.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A consumer in C: an array that has more room than is filled, and what else contracts ask for.
pub(super) const SENSOR: &str = r#"
enum criterion_kind { KIND_WILDCARD, KIND_PATTERN = 4, KIND_LAST = 7 };
enum { MAX_FEATURES = 200 };
typedef struct { unsigned kind : 3; int value; } operand_t;
struct inner { int grid[3][5]; union { int words[7]; long number; }; struct { short deep[9]; }; };
struct ipc_ctx {
    const void *inputs[INPUTS];
    struct inner in;
    struct inner *next;
    volatile const operand_t operands[2];
    char rest[];
};
struct elsewhere;
static const unsigned limit = 20;
const void *table[12];
enum criterion_kind kind;
struct elsewhere *other;

int evaluate(struct ipc_ctx *context)
{
    const void *arguments[11];
    for (int i = 0; i < 20; i++)
        context->inputs[i] = table;
    arguments[0] = context;
    return (int)kind + MAX_FEATURES + (int)limit + (arguments[0] != 0) + (other != 0);
}

struct ipc_ctx ipc;
int main(void) { return evaluate(&ipc); }
"#;

/// What a contract asks of it, and the answers.
pub(super) const QUESTIONS: &[(&str, &str, u64)] = &[
    ("inputs", "debug:ipc_ctx.inputs", 32),
    ("inputs of the variable", "debug:len(ipc.inputs)", 32),
    ("outermost", "debug:ipc_ctx.in.grid", 3),
    ("innermost", "debug:ipc_ctx.in.grid[]", 5),
    ("anonymous union", "debug:ipc_ctx.in.words", 7),
    ("anonymous struct", "debug:struct inner.deep", 9),
    ("qualified", "debug:ipc_ctx.operands", 2),
    ("size of a type name", "debug:sizeof(operand_t)", 8),
    ("size of a member", "debug:sizeof(ipc_ctx.in.grid)", 60),
    ("table", "debug:len(table)", 12),
    ("greatest", "debug:enum(criterion_kind.max)", 7),
    ("enumerator", "debug:enum(criterion_kind.KIND_PATTERN)", 4),
    ("constant", "debug:const(MAX_FEATURES)", 200),
];

/// A folder, empty at first.
pub(super) struct Workshop(tempfile::TempDir);

impl Workshop {
    pub(super) fn new() -> Workshop {
        Workshop(tempfile::tempdir().unwrap())
    }

    /// With the consumer as `sensor.c`, and a contract that asks all questions as `c.toml`.
    pub(super) fn with_sensor() -> Workshop {
        let workshop = Workshop::new();
        workshop.write("sensor.c", SENSOR);
        let questions: Vec<(&str, &str)> = QUESTIONS.iter().map(|(name, from, _)| (*name, *from)).collect();
        workshop.contract("c.toml", &questions);
        workshop
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// A contract with a capacity for each name and origin.
    pub(super) fn contract(&self, name: &str, questions: &[(&str, &str)]) {
        let mut text = String::from("[contract]\nconsumer = 'sensor'\nbuilds = 'builds/*.build.toml'\n");
        text.push_str("[files]\ncontent = 'content.ksy'\n");
        for (name, from) in questions {
            text.push_str(&format!("[capacity.\"{name}\"]\nfrom = \"{from}\"\n"));
        }
        self.write(name, text);
    }

    /// Runs a command of the shell here.
    pub(super) fn sh(&self, command: &str) {
        let output = self.try_sh(command);
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }

    pub(super) fn try_sh(&self, command: &str) -> Output {
        Command::new("sh").args(["-c", command]).current_dir(self.0.path()).output().unwrap()
    }

    /// `bootgate contract extract` with these arguments: exit code and JSON.
    pub(super) fn extract(&self, arguments: &str) -> (i32, Value) {
        let output = Command::new(env!("CARGO_BIN_EXE_bootgate"))
            .args(["contract", "extract"])
            .args(arguments.split_whitespace())
            .args(["--format", "json"])
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let code = output.status.code().unwrap_or_else(|| panic!("{arguments}: {:?}", output.status));
        let text = String::from_utf8_lossy(&output.stdout);
        let json = serde_json::from_str(&text);
        let json = json.unwrap_or_else(|e| {
            panic!("{arguments}: {e}: {text}\n{}", String::from_utf8_lossy(&output.stderr))
        });
        (code, json)
    }

    /// The capacities of a binary without writing a manifest; all must be found.
    pub(super) fn numbers(&self, arguments: &str) -> BTreeMap<String, (u64, String)> {
        let (code, json) = self.extract(&format!("{arguments} --version 1 --dry-run"));
        assert_eq!(code, 0, "{arguments}: {json:#}");
        numbers(&json)
    }

    /// The codes and messages of what stands in the way, and the help.
    pub(super) fn wrong(&self, arguments: &str) -> (i32, Vec<Wrong>) {
        let (code, json) = self.extract(&format!("{arguments} --version 1 --dry-run"));
        (code, errors(&json))
    }

    /// Whether all questions about the sensor are answered, and all by storage.
    pub(super) fn answers_all(&self, arguments: &str) {
        let found = self.numbers(&format!("{arguments} --contract c.toml"));
        for (name, from, value) in QUESTIONS {
            assert_eq!(
                found.get(*name),
                Some(&(*value, "storage".to_owned())),
                "{arguments}: {name}, {from}"
            );
        }
    }
}

/// A finding: code, message, and help with notes.
pub(super) type Wrong = (String, String, String);

/// Value and evidence by name.
pub(super) fn numbers(json: &Value) -> BTreeMap<String, (u64, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = json["capacities"].as_array().unwrap().iter();
    rows.map(|row| (text(&row["name"]), (row["value"].as_u64().unwrap(), text(&row["evidence"])))).collect()
}

/// The findings of a report.
pub(super) fn errors(json: &Value) -> Vec<Wrong> {
    let units =
        json["units"].as_array().unwrap().iter().flat_map(|unit| unit["findings"].as_array().unwrap());
    let all = units.chain(json["problems"].as_array().unwrap());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let more = |finding: &Value| {
        let notes = finding["notes"].as_array().unwrap().iter().map(text);
        let rest = [&finding["help"], &finding["found"], &finding["expected"]].map(text);
        notes.chain(rest).collect::<Vec<_>>().join("\n")
    };
    all.map(|finding| (text(&finding["code"]), text(&finding["message"]), more(finding))).collect()
}

/// Whether all programs are there; says which test is not run, and why, if not.
pub(super) fn have(programs: &[&str], test: &str) -> bool {
    let missing = programs.iter().find(|program| {
        let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
        !found.is_ok_and(|output| output.status.success())
    });
    if let Some(program) = missing {
        eprintln!("not run: {test}, because there is no {program}");
    }
    missing.is_none()
}

/// A folder of content that is not in the repository: below `BOOTGATE_CONTENT`, else `../shared/content`. Says which test
/// is not run if it is not there.
pub(super) fn shared(folder: &str, test: &str) -> Option<PathBuf> {
    let root = std::env::var_os("BOOTGATE_CONTENT").map(PathBuf::from);
    let root = root.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/content"));
    let path = root.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("not run: {test}, because there is no folder {}", path.display());
    None
}
