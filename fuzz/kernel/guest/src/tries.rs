//! Inputs that are run one by one, as somebody outside puts them there.

use std::fs;
use std::io::ErrorKind;
use std::thread::sleep;
use std::time::Duration;

use bootgate::campaign::plan::attempt;

use crate::driver::Driver;
use crate::log::Log;
use crate::system::done;

/// How often an input is looked for.
const PAUSE: Duration = Duration::from_millis(1);

/// Runs inputs until the guest is ended; an input that is a folder is the end of them.
pub(crate) fn run(mut driver: Driver, mut log: Log) -> ! {
    for number in 1.. {
        let path = attempt(number);
        let data = loop {
            match fs::read(&path) {
                Ok(data) => break data,
                Err(error) if error.kind() == ErrorKind::NotFound => sleep(PAUSE),
                Err(error) if error.kind() == ErrorKind::IsADirectory => std::process::exit(0),
                Err(error) => done(&path, Err(error)),
            }
        };
        log.begin(&data);
        driver.run(&data);
        log.end(&data);
    }
    std::process::exit(0)
}
