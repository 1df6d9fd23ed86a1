//! What the integration tests share: a builder of channel files, samples of them and of events, and the
//! cases of the corpus.

// Each test binary uses a part of it.
#![allow(dead_code)]

pub(crate) mod cases;
pub(crate) mod channel;
pub(crate) mod events;
pub(crate) mod gate;
pub(crate) mod samples;
