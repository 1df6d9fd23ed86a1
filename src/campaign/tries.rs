//! Inputs that are run one by one, in a guest that is started again when one of them crashes it.

use std::fs;
use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::engine::Engine;
use super::guest::{End, Guest, PAUSE};
use super::plan::attempt;
use super::report::Report;
use super::root::Root;

/// What came of an input.
#[derive(Clone, Debug)]
pub enum Tried {
    /// Nothing.
    Fine,
    /// The kernel died of it.
    Crash(Box<Report>),
    /// It did not come to an end.
    Hang,
}

/// Why an input could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum TryError {
    /// A guest that cannot be started.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A guest that ends by itself.
    #[error("the guest ended without a report: {0}")]
    Guest(String),
}

/// Guests for single inputs.
#[derive(Debug)]
pub struct Tries {
    engine: Engine,
    root: Root,
    patience: Duration,
    guest: Option<Guest>,
    made: u64,
}

impl Tries {
    /// Nothing is started yet. An input that takes longer than `patience` hangs.
    pub fn new(engine: Engine, root: Root, patience: Duration) -> Tries {
        Tries { engine, root, patience, guest: None, made: 0 }
    }

    /// Runs an input. Those before it may have been run in the same guest.
    ///
    /// # Errors
    ///
    /// The guest could not be started, or ended by itself.
    pub fn run(&mut self, input: &[u8]) -> Result<Tried, TryError> {
        let mut guest = match self.guest.take() {
            Some(guest) => guest,
            None => {
                self.made = 0;
                Guest::start(&self.engine, &self.root, &[])?
            }
        };
        self.made += 1;
        // Whoever looks for it sees it whole.
        let path = self.root.inside(&attempt(self.made));
        let unfinished = path.with_extension("unfinished");
        fs::write(&unfinished, input)?;
        fs::rename(&unfinished, &path)?;
        // A guest that has only just been started needs time for that as well.
        let mut end = Instant::now() + self.patience + self.engine.patience();
        loop {
            let (begun, ended) = guest.counts();
            if ended >= self.made {
                fs::remove_file(&path)?;
                self.guest = Some(guest);
                return Ok(Tried::Fine);
            }
            if begun >= self.made {
                end = end.min(Instant::now() + self.patience);
            }
            let over = guest.has_ended()?;
            if over || Instant::now() >= end {
                return match guest.end() {
                    End::Crash(report) => Ok(Tried::Crash(report)),
                    End::Failed(why) | End::Unknown(why) if over => Err(TryError::Guest(why)),
                    End::Status(status) if over => {
                        Err(TryError::Guest(format!("its process ended with status {status}")))
                    }
                    _ if begun >= self.made => Ok(Tried::Hang),
                    _ => Err(TryError::Guest("it did not begin in time".into())),
                };
            }
            sleep(PAUSE);
        }
    }
}
