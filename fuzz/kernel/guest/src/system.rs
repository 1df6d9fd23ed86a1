//! The end of a guest: on purpose, or because something could not be done.

use std::fmt::Display;
use std::process::exit;

use bootgate::campaign::plan::FAILED;

/// What a step came to; ends the process where it failed, and says why.
pub(crate) fn done<T>(what: &str, result: Result<T, impl Display>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => fail(&format!("{what}: {error}")),
    }
}

/// The same for what the C library says: less than 0 is a failure.
pub(crate) fn called(what: &str, result: i64) -> i64 {
    if result < 0 { done(what, Err(std::io::Error::last_os_error())) } else { result }
}

/// Ends the process, and says why.
pub(crate) fn fail(why: &str) -> ! {
    eprintln!("{FAILED}{why}");
    exit(1)
}

/// A text for the C library.
pub(crate) fn text(words: &str) -> std::ffi::CString {
    done(words, std::ffi::CString::new(words))
}
