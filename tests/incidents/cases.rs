//! The builder of all files, and what each must give.

use bootgate::codes;

/// A file of an incident.
pub(crate) struct Case {
    /// The folder.
    pub(crate) incident: &'static str,
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    /// The builds that are asked about; all fielded ones when empty.
    pub(crate) builds: &'static str,
    /// What the baseline has beside what is committed.
    pub(crate) recorded: Option<&'static str>,
    pub(crate) bytes: Vec<u8>,
    /// Every error; none if it is accepted.
    pub(crate) expected: Vec<Expected>,
}

/// An error.
pub(crate) struct Expected {
    pub(crate) code: &'static str,
    pub(crate) path: &'static str,
    pub(crate) builds: &'static str,
}

/// The cases, by incident.
pub(crate) fn all() -> Vec<Case> {
    [channel(), features(), rules(), policies(), stamps(), bytecode(), expressions()]
        .into_iter()
        .flatten()
        .collect()
}

fn good(incident: &'static str, name: &'static str, what: &'static str, bytes: Vec<u8>) -> Case {
    Case { incident, name, what, builds: "", recorded: None, bytes, expected: Vec::new() }
}

fn bad(
    incident: &'static str,
    name: &'static str,
    what: &'static str,
    bytes: Vec<u8>,
    expected: &[(&'static str, &'static str, &'static str)],
) -> Case {
    let expected = expected.iter().map(|(code, path, builds)| Expected { code, path, builds }).collect();
    Case { expected, ..good(incident, name, what, bytes) }
}

/// A file: magic, checksum of the whole, the rest.
fn file(magic: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = [magic, &[0; 4][..], body].concat();
    let sum = crc32fast::hash(&bytes).to_le_bytes();
    bytes[4..8].copy_from_slice(&sum);
    bytes
}

/// A text after its length in one byte.
fn short(text: &str) -> Vec<u8> {
    [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

fn two(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap().to_le_bytes()
}

const I1: &str = "i1-channel-file";

/// A channel file with an instance of 20 patterns, and one of 21 criteria whose last one is given.
fn channel_file(type_index: u8, last: Option<&str>) -> Vec<u8> {
    let criterion = |index: u8, pattern: Option<&str>| {
        let mut bytes = vec![index, u8::from(pattern.is_some())];
        bytes.extend(short(pattern.unwrap_or_default()));
        bytes
    };
    let mut body = vec![1, 2];
    body.extend(short("ipc"));
    body.push(21);
    body.extend([0, 20]);
    body.extend((0..20).flat_map(|index| criterion(index, Some("*"))));
    body.extend([type_index, 21]);
    body.extend((0..20).flat_map(|index| criterion(index, None)));
    body.extend(criterion(20, last));
    file(b"CHAN", &body)
}

fn channel() -> Vec<Case> {
    let pattern = channel_file(0, Some("NT*"));
    let at = "channel.instances[1].criteria[20]";
    let read = (codes::READ_BEYOND_SUPPLY, at, "7.11 7.15");
    vec![
        good(I1, "good-wildcard", "a wildcard in the 21st field", channel_file(0, None)),
        bad(I1, "bad-pattern", "a pattern in the 21st field", pattern.clone(), &[read]),
        Case {
            builds: "8.0",
            ..good(I1, "good-pattern-for-21", "the same for a build that supplies 21", pattern)
        },
        bad(
            I1,
            "bad-type",
            "an instance of a type that there is none of",
            channel_file(1, None),
            &[(codes::REFERENCE_OUTSIDE, "channel.instances[1].type_index", "")],
        ),
    ]
}

const I2: &str = "i2-features";

fn feature_file(names: impl IntoIterator<Item = usize>) -> Vec<u8> {
    let features: Vec<Vec<u8>> =
        names.into_iter().map(|n| [short(&format!("feature-{n:03}")), vec![1]].concat()).collect();
    file(b"FEAT", &[&two(features.len())[..], &features.concat()].concat())
}

fn features() -> Vec<Case> {
    let count = "features.num_features";
    vec![
        good(I2, "good-60", "60 features, as ever", feature_file(0..60)),
        good(I2, "good-200", "200 features, as many as there is room for", feature_file(0..200)),
        bad(
            I2,
            "bad-201",
            "one more than there is room for",
            feature_file(0..201),
            &[(codes::COUNT_BEYOND_CAPACITY, count, "1.0")],
        ),
        bad(
            I2,
            "bad-duplicates",
            "60 features, and one of them again",
            feature_file((0..60).chain([59])),
            &[(codes::DUPLICATE_KEY, "features.features[59].name", "")],
        ),
        Case {
            builds: "2.0",
            ..bad(
                I2,
                "bad-growth",
                "more than four times as many as ever, for a build that has room",
                feature_file(0..241),
                &[(codes::GROWTH_BEYOND_BASELINE, count, "")],
            )
        },
        Case {
            builds: "2.0",
            ..good(
                I2,
                "good-growth",
                "four times as many as ever, for a build that has room",
                feature_file(0..240),
            )
        },
    ]
}

const I3: &str = "i3-rules";

fn rule_file(rules: &[(u8, u8)]) -> Vec<u8> {
    let one = |(row, (action, state)): (usize, &(u8, u8))| [&two(row)[..], &[*action, *state]].concat();
    let rules: Vec<Vec<u8>> = rules.iter().enumerate().map(one).collect();
    file(b"RULE", &[&two(rules.len())[..], &rules.concat()].concat())
}

fn rules() -> Vec<Case> {
    let killed = rule_file(&[(1, 0), (2, 1), (3, 0)]);
    let recorded =
        "[[novel]]\nat = 'rules.rules[]'\nvalues = ['action', 'state']\nseen = [['execute', 'killed']]\n";
    let pair = (codes::PAIR_NOT_TAKEN, "rules.rules[1]", "1.0");
    vec![
        good(
            I3,
            "good-block-killed",
            "a blocking rule is killed",
            rule_file(&[(1, 1), (2, 0), (3, 0), (1, 0)]),
        ),
        bad(
            I3,
            "bad-execute-killed",
            "an executing rule is killed, for the first time",
            killed.clone(),
            &[pair, (codes::NOVEL_COMBINATION, "rules.rules[1]", "")],
        ),
        Case {
            recorded: Some(recorded),
            ..bad(I3, "bad-execute-killed-again", "the same once it has shipped", killed.clone(), &[pair])
        },
        Case {
            builds: "2.0",
            recorded: Some(recorded),
            ..good(I3, "good-execute-killed-newer", "the same for the newer build", killed)
        },
        bad(
            I3,
            "bad-log-killed",
            "another pair that no shipped content had",
            rule_file(&[(3, 1)]),
            &[(codes::NOVEL_COMBINATION, "rules.rules[0]", "")],
        ),
    ]
}

const I4: &str = "i4-policies";

fn policy_file(policies: &[(u8, &str, &str)]) -> Vec<u8> {
    let one =
        |(quota, service, limit): &(u8, &str, &str)| [vec![*quota], short(service), short(limit)].concat();
    let all: Vec<Vec<u8>> = policies.iter().map(one).collect();
    file(b"POLI", &[&two(all.len())[..], &all.concat()].concat())
}

fn policies() -> Vec<Case> {
    let blank = |limit| policy_file(&[(1, "storage", "100/s"), (1, "compute", limit)]);
    let at = (codes::FIELD_BLANK, "policies.policies[1]", "");
    vec![
        good(
            I4,
            "good-filled",
            "limits where there is a quota",
            policy_file(&[(1, "storage", "100/s"), (0, "compute", "")]),
        ),
        bad(I4, "bad-blank", "a quota without a limit", blank(""), &[at]),
        bad(I4, "bad-spaces", "a limit of spaces", blank("   "), &[at]),
        bad(
            I4,
            "bad-service",
            "a policy for no service",
            policy_file(&[(0, "", "")]),
            &[(codes::FIELD_BLANK, "policies.policies[0].service", "")],
        ),
    ]
}

const I5: &str = "i5-stamp";

fn stamp_file(version: u32) -> Vec<u8> {
    let signatures = b"signatures";
    let numbers = [version, 1, u32::try_from(signatures.len()).unwrap()];
    file(b"STMP", &[&numbers.map(u32::to_le_bytes).concat()[..], signatures].concat())
}

fn stamps() -> Vec<Case> {
    vec![
        good(I5, "good-2021", "the last stamp of 2021", stamp_file(2_112_330_001)),
        good(I5, "good-greatest", "the greatest that fits", stamp_file(2_147_483_647)),
        bad(
            I5,
            "bad-2022",
            "the first stamp of 2022",
            stamp_file(2_201_010_001),
            &[(codes::VALUE_TOO_WIDE, "stamp.version", "1.0")],
        ),
        bad(
            I5,
            "bad-next",
            "one more than the greatest that fits",
            stamp_file(2_147_483_648),
            &[(codes::VALUE_TOO_WIDE, "stamp.version", "1.0")],
        ),
        Case {
            builds: "2.0",
            ..good(
                I5,
                "good-2022-wider",
                "the same for a build with a wider integer",
                stamp_file(2_201_010_001),
            )
        },
    ]
}

const I7: &str = "i7-bytecode";

/// Two types, and functions as kind, type and callee.
fn bytecode_file(functions: &[[u8; 3]]) -> Vec<u8> {
    let count = u8::try_from(functions.len()).unwrap();
    file(b"BYTE", &[&[2, count, 0x10, 0, 0x20, 0][..], &functions.concat()].concat())
}

fn bytecode() -> Vec<Case> {
    vec![
        good(I7, "good-in-range", "references that are all there", bytecode_file(&[[0, 0, 1], [1, 2, 0]])),
        bad(
            I7,
            "bad-type",
            "a type beyond the table",
            bytecode_file(&[[0, 0, 1], [0, 3, 0]]),
            &[(codes::REFERENCE_OUTSIDE, "bytecode.functions[1].type_number", "")],
        ),
        bad(
            I7,
            "bad-callee",
            "a call beyond the table",
            bytecode_file(&[[0, 1, 2], [0, 2, 0]]),
            &[(codes::REFERENCE_OUTSIDE, "bytecode.functions[0].callee", "")],
        ),
        bad(
            I7,
            "bad-null",
            "no type where one is needed",
            bytecode_file(&[[1, 0, 0]]),
            &[(codes::REFERENCE_NULL, "bytecode.functions[0]", "")],
        ),
    ]
}

const I10: &str = "i10-expressions";

/// The expression as its operator published it.
const JULY_2019: &str = r#"(?:(?:\"|'|\]|\}|\\|\d|(?:nan|infinity|true|false|null|undefined|symbol|math)|\`|\-|\+)+[)]*;?((?:\s|-|~|!|{}|\|\||\+)*.*(?:.*=.*)))"#;

fn expression_file(patterns: &[&str]) -> Vec<u8> {
    let one =
        |(row, pattern): (usize, &&str)| [&two(row)[..], &two(pattern.len()), pattern.as_bytes()].concat();
    let rules: Vec<Vec<u8>> = patterns.iter().enumerate().map(one).collect();
    file(b"REGX", &[&two(rules.len())[..], &rules.concat()].concat())
}

fn expressions() -> Vec<Case> {
    let cost = (codes::PATTERN_COST, "expressions.rules[1].pattern", "");
    let of = |pattern| expression_file(&["union select", pattern]);
    vec![
        good(
            I10,
            "good-bounded",
            "expressions whose cost is bounded",
            expression_file(&["union select", r"^[^=]*=[\d\s]*$", r"(?i)<script\b", r"^\w{1,8}://"]),
        ),
        bad(I10, "bad-july-2019", "the expression of that day", of(JULY_2019), &[cost]),
        bad(I10, "bad-polynomial", "the part that was to blame", of(".*.*=.*"), &[cost]),
        bad(I10, "bad-exponential", "a repeat of a repeat", of("^(a+)+$"), &[cost]),
        bad(I10, "bad-unknown", "a back-reference, for which no bound is known", of(r"^(\w)\1"), &[cost]),
    ]
}
