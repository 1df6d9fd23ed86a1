//! What is done to bytes before they are looked at: exclusive or, rotation, zlib, and what others supply.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::Observer;
use super::machine::{Machine, Step};
use super::trouble::Trouble;
use super::value::{Slice, Value};
use crate::code::Process;
use crate::process;

/// An argument of a custom process.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// An integer, or the value of an enum.
    Int(i128),
    /// A float.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// A text.
    Str(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// Undoes a custom process.
pub trait Processor: Send + Sync {
    /// The decoded bytes.
    ///
    /// # Errors
    ///
    /// Why these bytes cannot be decoded, as a phrase. More than `most` bytes must not be given.
    fn process(&self, arguments: &[Argument], bytes: &[u8], most: u64) -> Result<Vec<u8>, String>;
}

/// Custom processes by their names in schemas.
#[derive(Clone, Default)]
pub struct Processors(BTreeMap<String, Arc<dyn Processor>>);

impl Processors {
    /// Supplies what a name stands for.
    pub fn insert(&mut self, name: impl Into<String>, processor: impl Processor + 'static) {
        self.0.insert(name.into(), Arc::new(processor));
    }

    /// What a name stands for.
    pub fn get(&self, name: &str) -> Option<&dyn Processor> {
        self.0.get(name).map(|processor| &**processor)
    }
}

impl fmt::Debug for Processors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl<O: Observer> Machine<'_, '_, O> {
    /// Bytes, arguments → the decoded bytes.
    pub(super) fn process(&mut self, process: Process) -> Step {
        let count = match process {
            Process::Zlib => 0,
            Process::Xor | Process::RotateLeft | Process::RotateRight => 1,
            Process::Custom(_, count) => usize::from(count),
        };
        let mut args = Vec::with_capacity(count);
        for _ in 0..count {
            args.push(self.operand()?);
        }
        args.reverse();
        let Some(slice) = self.bytes_operand()? else { return Ok(()) };
        if let Some(unknown) = args.iter().find(|value| matches!(value, Value::Unknown(_))) {
            self.put(*unknown);
            return Ok(());
        }
        if matches!(process, Process::Custom(..)) {
            let Some(left) = self.budget.processes.checked_sub(1) else {
                return self.limit("process-runs", self.limits.process_runs);
            };
            self.budget.processes = left;
        }
        match self.decoded(process, &args, slice) {
            Ok(decoded) => {
                if let Err(trouble) = self.store.spend_decoded(decoded.len() as u64) {
                    return self.give(Err(trouble));
                }
                let slice = self.store.compute(&decoded);
                self.put(Value::Bytes(slice));
                Ok(())
            }
            Err(trouble) => self.give(Err(trouble)),
        }
    }

    fn decoded(&self, process: Process, args: &[Value], slice: Slice) -> Result<Vec<u8>, Trouble> {
        let (most, limit) = self.store.decoded_left();
        let bytes = self.store.bytes(slice);
        if process != Process::Zlib && slice.len > most {
            return Err(limit);
        }
        let failed = |error: &dyn fmt::Display| Trouble::Process(error.to_string());
        match (process, args) {
            (Process::Xor, [Value::Int(key)]) => {
                let key = u8::try_from(*key)
                    .map_err(|_| Trouble::Process(format!("the key {key} of `xor` is no byte (0 to 255)")))?;
                process::xor(bytes, &[key]).map_err(|e| failed(&e))
            }
            (Process::Xor, [Value::Bytes(key)]) => {
                process::xor(bytes, self.store.bytes(*key)).map_err(|e| failed(&e))
            }
            (Process::RotateLeft, [Value::Int(amount)]) => Ok(process::rotate_left(bytes, *amount)),
            (Process::RotateRight, [Value::Int(amount)]) => Ok(process::rotate_right(bytes, *amount)),
            (Process::Zlib, []) => match process::inflate(bytes, most) {
                Ok(inflated) => Ok(inflated.bytes),
                Err(process::InflateError::TooLong { .. }) => Err(limit),
                Err(error) => Err(failed(&error)),
            },
            (Process::Custom(row, _), args) => {
                let name = self.code.processes.get(row as usize).map_or("", String::as_str);
                let Some(processor) = self.processors.get(name) else {
                    return Err(Trouble::Processor(name.to_string()));
                };
                let arguments = args.iter().map(|arg| self.argument(*arg)).collect::<Option<Vec<_>>>();
                let arguments = arguments.ok_or(Trouble::OtherType)?;
                let decoded = processor.process(&arguments, bytes, most).map_err(Trouble::Process)?;
                if decoded.len() as u64 > most { Err(limit) } else { Ok(decoded) }
            }
            _ => Err(Trouble::OtherType),
        }
    }

    fn argument(&self, value: Value) -> Option<Argument> {
        Some(match value {
            Value::Int(n) => Argument::Int(n),
            Value::Float(n) => Argument::Float(n),
            Value::Bool(b) => Argument::Bool(b),
            Value::Str(slice) => Argument::Str(self.store.text(slice).to_string()),
            Value::Bytes(slice) => Argument::Bytes(self.store.bytes(slice).to_vec()),
            _ => return None,
        })
    }
}
