//! Encodings held against Python's codecs, byte for byte.

use std::collections::BTreeMap;
use std::process::Command;

use bootgate::encoding::Encoding;

/// Prints every byte, or pair of bytes after `--pairs`, that a codec decodes strictly: codec, bytes and code points.
const SCRIPT: &str = "
import sys
codes = [bytes([a]) for a in range(256)]
for name in sys.argv[1:]:
    if name == '--pairs':
        codes = [bytes([a, b]) for a in range(256) for b in range(256)]
        continue
    for code in codes:
        try:
            text = code.decode(name)
        except UnicodeDecodeError:
            continue
        print(name, code.hex(), '.'.join('%x' % ord(c) for c in text))
";

/// Codes on which Java, browsers and Python differ, and which are malformed to us or have more meanings than Python's.
fn disputed(encoding: Encoding, code: u16) -> bool {
    match encoding {
        Encoding::Big5 => (0xc6a1..=0xc8fe).contains(&code),
        Encoding::EucKr => code == 0xa4d4,
        _ => false,
    }
}

/// Python's name.
fn codec(encoding: Encoding) -> &'static str {
    if encoding == Encoding::Windows874 { "cp874" } else { encoding.name() }
}

fn points(text: &str) -> String {
    text.chars().map(|c| format!("{:x}", u32::from(c))).collect::<Vec<_>>().join(".")
}

#[test]
fn decoding_agrees_with_python() {
    let ours =
        |e: &Encoding| e.is_listed() || matches!(e, Encoding::EucJp | Encoding::Koi8R | Encoding::Windows874);
    let (pairs, single): (Vec<_>, Vec<_>) = Encoding::all().filter(ours).partition(|e| {
        e.unit() == 2
            || matches!(
                e,
                Encoding::ShiftJis | Encoding::Big5 | Encoding::EucKr | Encoding::EucJp | Encoding::Utf8
            )
    });
    let names = |list: &[Encoding]| list.iter().map(|&e| codec(e)).collect::<Vec<_>>();
    let arguments = [names(&single), vec!["--pairs"], names(&pairs)].concat();
    let Ok(output) = Command::new("python3").arg("-c").arg(SCRIPT).args(arguments).output() else {
        println!("not run: there is no `python3` to compare with");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = String::from_utf8(output.stdout).unwrap();
    let theirs: BTreeMap<_, _> = output.lines().filter_map(|line| line.rsplit_once(' ')).collect();
    let compare = |encoding: Encoding, code: &[u8]| {
        let hex: String = code.iter().map(|byte| format!("{byte:02x}")).collect();
        let theirs = theirs.get(format!("{} {hex}", codec(encoding)).as_str());
        let ours = encoding.decode(code).ok().map(|text| points(&text));
        assert_eq!(ours.as_deref(), theirs.copied(), "{} {hex}", encoding.name());
    };
    for encoding in single {
        (0..=u8::MAX).for_each(|byte| compare(encoding, &[byte]));
    }
    for encoding in pairs {
        let codes = (0..=u16::MAX).filter(|&code| !disputed(encoding, code));
        codes.for_each(|code| compare(encoding, &code.to_be_bytes()));
    }
}
