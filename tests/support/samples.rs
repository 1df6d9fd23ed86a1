//! Sample content: the definitions of a sensor release, and channel files as they would be shipped.

use super::channel::{
    ChannelFile, Criterion, DataKind, Definitions, Field, Instance, Note, Operand, SectionKind, TemplateType,
};

/// Index of the process type in [`definitions`].
pub(crate) const PROCESS: u16 = 0;
/// Index of the file type in [`definitions`].
pub(crate) const FILE: u16 = 1;
/// Index of the IPC type in [`definitions`].
pub(crate) const IPC: u16 = 2;

const PROCESS_FIELDS: &[(DataKind, &str)] = &[
    (DataKind::Number, "pid"),
    (DataKind::Path, "image"),
    (DataKind::Text, "command_line"),
    (DataKind::Text, "user"),
    (DataKind::Number, "session"),
    (DataKind::Number, "integrity"),
    (DataKind::Number, "parent_pid"),
    (DataKind::Path, "parent_image"),
    (DataKind::Text, "parent_command_line"),
    (DataKind::Digest, "image_digest"),
    (DataKind::Text, "signer"),
    (DataKind::Path, "working_folder"),
    (DataKind::Flags, "creation_flags"),
    (DataKind::Timestamp, "started"),
];

const FILE_FIELDS: &[(DataKind, &str)] = &[
    (DataKind::Path, "path"),
    (DataKind::Path, "new_path"),
    (DataKind::Number, "operation"),
    (DataKind::Flags, "access"),
    (DataKind::Flags, "attributes"),
    (DataKind::Number, "size"),
    (DataKind::Digest, "digest"),
    (DataKind::Number, "pid"),
    (DataKind::Path, "image"),
    (DataKind::Text, "user"),
    (DataKind::Text, "volume"),
    (DataKind::Timestamp, "changed"),
];

const IPC_FIELDS: &[(DataKind, &str)] = &[
    (DataKind::Number, "source_pid"),
    (DataKind::Path, "source_image"),
    (DataKind::Text, "source_command_line"),
    (DataKind::Text, "source_user"),
    (DataKind::Number, "source_session"),
    (DataKind::Number, "source_integrity"),
    (DataKind::Number, "target_pid"),
    (DataKind::Path, "target_image"),
    (DataKind::Text, "target_user"),
    (DataKind::Number, "target_session"),
    (DataKind::Text, "pipe_name"),
    (DataKind::Flags, "pipe_access"),
    (DataKind::Flags, "pipe_flags"),
    (DataKind::Number, "message_type"),
    (DataKind::Number, "message_length"),
    (DataKind::Text, "interface"),
    (DataKind::Number, "operation"),
    (DataKind::Text, "transport"),
    (DataKind::Text, "remote_host"),
    (DataKind::Timestamp, "opened"),
    (DataKind::Text, "pipe_owner"),
];

/// The definitions of the release that introduced IPC: process (14 fields), file (12), ipc (21).
pub(crate) fn definitions() -> Definitions {
    let types = [(101, "process", PROCESS_FIELDS), (102, "file", FILE_FIELDS), (107, "ipc", IPC_FIELDS)];
    let types = types.map(|(id, name, fields)| TemplateType {
        id,
        name: name.to_owned(),
        fields: fields.iter().map(|&(kind, name)| Field { kind, name: name.to_owned() }).collect(),
    });
    Definitions { build_stamp: 1_709_078_400, types: types.into() }
}

/// How many fields [`definitions`] declares for the type at this index.
pub(crate) fn declared(type_index: u16) -> usize {
    definitions().types[usize::from(type_index)].fields.len()
}

/// An instance with one criterion for each of the first `fields` fields: those given, else wildcards.
pub(crate) fn instance(id: u32, type_index: u16, fields: usize, given: &[(u16, Operand)]) -> Instance {
    let criterion = |index: usize| {
        let field_index = u16::try_from(index).expect("few fields");
        let operand = given.iter().find(|(field, _)| *field == field_index);
        Criterion { field_index, operand: operand.map_or(Operand::Wildcard, |(_, o)| o.clone()) }
    };
    let criteria = (0..fields).map(criterion).collect();
    Instance { id, type_index, flags: 3, confidence: 90, criteria }
}

/// An instance with a criterion for every field that [`definitions`] declares.
pub(crate) fn whole(id: u32, type_index: u16, given: &[(u16, Operand)]) -> Instance {
    instance(id, type_index, declared(type_index), given)
}

pub(crate) fn exact(text: &str) -> Operand {
    Operand::Exact(text.to_owned())
}

pub(crate) fn prefix(text: &str) -> Operand {
    Operand::Prefix(text.to_owned())
}

pub(crate) fn pattern(text: &str) -> Operand {
    Operand::Pattern(text.to_owned())
}

/// A day's channel file: six instances; those on IPC have a wildcard in the 21st field.
pub(crate) fn channel() -> ChannelFile {
    let pipe = |name: &str| (10, pattern(name));
    let instances = vec![
        whole(29_101, IPC, &[pipe(r"\Device\NamedPipe\msagent_??"), (13, Operand::Range(1, 4))]),
        whole(
            10_440,
            PROCESS,
            &[(1, pattern(r"*\rundll32.exe")), (2, pattern("*javascript:*")), (5, Operand::Range(0, 8192))],
        ),
        whole(
            29_102,
            IPC,
            &[
                (1, prefix(r"\Device\HarddiskVolume3\Users\")),
                pipe(r"\Device\NamedPipe\postex_*"),
                (17, exact("ncacn_np")),
            ],
        ),
        whole(29_103, IPC, &[pipe(r"\Device\NamedPipe\status_??"), (11, Operand::Range(1, 3))]),
        whole(
            20_077,
            FILE,
            &[(0, pattern(r"*\Système\*.scr")), (2, Operand::Range(2, 2)), (8, exact("powershell.exe"))],
        ),
        whole(
            29_104,
            IPC,
            &[
                (7, exact(r"\SystemRoot\System32\lsass.exe")),
                pipe(r"\Device\NamedPipe\lsarpc"),
                (15, exact("12345778-1234-abcd-ef00-0123456789ab")),
                (17, exact("ncacn_np")),
            ],
        ),
    ];
    let notes = [(1, "detection engineering"), (2, "DET-5521"), (3, "two new instances for named pipes")];
    ChannelFile {
        version: 2,
        channel_number: 291,
        build_stamp: 1_721_361_600,
        release: (32, 2),
        sections: vec![SectionKind::Instances, SectionKind::Strings, SectionKind::Notes],
        instances,
        notes: notes.map(|(kind, text)| Note(kind, text.to_owned())).into(),
        padding: Vec::new(),
        spare_strings: Vec::new(),
    }
}

/// The same file as [`channel`] with one change: the 21st criterion of `instances[3]` is no wildcard.
pub(crate) fn july() -> ChannelFile {
    let mut file = channel();
    file.instances[3].criteria[20].operand = pattern(r"NT AUTHORITY\*");
    file
}

/// What builds 7.11 and 7.15 supply.
pub(crate) fn sensor_7_11(name: &str) -> Option<u64> {
    match name {
        "process" => Some(14),
        "file" => Some(12),
        "ipc" => Some(20),
        _ => None,
    }
}
