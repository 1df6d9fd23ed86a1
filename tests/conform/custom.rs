//! The custom processes of the suite, as its own ports have them.

use bootgate::walk::{Argument, Processor, Processors};

/// Their names in the schemas.
pub(crate) const NAMES: [&str; 3] = ["my_custom_fx", "nested.deeply.custom_fx", "custom_fx_no_args"];

/// All of them.
pub(crate) fn processors() -> Processors {
    let mut processors = Processors::default();
    processors.insert("my_custom_fx", Shift);
    processors.insert("nested.deeply.custom_fx", Enclose);
    processors.insert("custom_fx_no_args", Enclose);
    processors
}

/// Adds the first argument to each byte, or subtracts it where the second one is false.
struct Shift;

impl Processor for Shift {
    fn process(&self, arguments: &[Argument], bytes: &[u8], _: u64) -> Result<Vec<u8>, String> {
        let [Argument::Int(key), Argument::Bool(add), _] = arguments else {
            return Err(format!("`my_custom_fx` takes a key, a direction and bytes, not {arguments:?}"));
        };
        let key = u8::try_from(key.rem_euclid(256)).unwrap_or_default();
        let key = if *add { key } else { key.wrapping_neg() };
        Ok(bytes.iter().map(|byte| byte.wrapping_add(key)).collect())
    }
}

/// Puts an underscore before and after the bytes.
struct Enclose;

impl Processor for Enclose {
    fn process(&self, _: &[Argument], bytes: &[u8], _: u64) -> Result<Vec<u8>, String> {
        Ok([b"_", bytes, b"_"].concat())
    }
}
