//! Sample events: for each instance of the sample channel file one that matches it.

use bootgate::oracle::consumer::{Event, Site, Value};

use super::channel::DataKind;
use super::samples::definitions;

/// An event with a value for every declared field: those given, else something that no sample looks for.
pub(crate) fn event(site: Site, given: &[(usize, Value<'static>)]) -> Event<'static> {
    let definitions = definitions();
    let fields = &definitions.types[site as usize].fields;
    let value = |(index, kind): (usize, DataKind)| {
        let given = given.iter().find(|(field, _)| *field == index).map(|(_, value)| *value);
        given.unwrap_or(match kind {
            DataKind::Text | DataKind::Path | DataKind::Digest => text("quiet"),
            DataKind::Number | DataKind::Flags | DataKind::Timestamp => Value::Number(1 << 40),
        })
    };
    Event { site, values: fields.iter().map(|field| field.kind).enumerate().map(value).collect() }
}

pub(crate) fn text(text: &'static str) -> Value<'static> {
    Value::Text(text.as_bytes())
}

/// For each instance of the sample channel file, in its order, an event that matches it and no other.
pub(crate) fn matching() -> [(&'static str, Event<'static>); 6] {
    use Value::Number;
    let pipe = |name| (10, text(name));
    [
        ("msagent", event(Site::Ipc, &[pipe(r"\Device\NamedPipe\MSAGENT_f4"), (13, Number(4))])),
        (
            "rundll32",
            event(
                Site::Process,
                &[
                    (1, text(r"\Device\HarddiskVolume3\Windows\System32\rundll32.exe")),
                    (2, text(r"rundll32.exe JavaScript:..\mshtml,RunHTMLApplication")),
                    (5, Number(8192)),
                ],
            ),
        ),
        (
            "postex",
            event(
                Site::Ipc,
                &[
                    (1, text(r"\Device\HarddiskVolume3\Users\Public\a.exe")),
                    pipe(r"\Device\NamedPipe\postex_1a2b"),
                    (17, text("NCACN_NP")),
                ],
            ),
        ),
        ("status", event(Site::Ipc, &[pipe(r"\Device\NamedPipe\status_é7"), (11, Number(1))])),
        (
            "screensaver",
            event(
                Site::File,
                &[
                    (0, text(r"\Device\HarddiskVolume3\Windows\Système\a.scr")),
                    (2, Number(2)),
                    (8, text("powershell.exe")),
                ],
            ),
        ),
        (
            "lsass",
            event(
                Site::Ipc,
                &[
                    (7, text(r"\SystemRoot\System32\lsass.exe")),
                    pipe(r"\Device\NamedPipe\lsarpc"),
                    (15, text("12345778-1234-ABCD-EF00-0123456789AB")),
                    (17, text("ncacn_np")),
                ],
            ),
        ),
    ]
}
