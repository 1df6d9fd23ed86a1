//! What the integration tests share: a builder of channel files, samples, the cases of the corpus,
//! and a model of the consumer.

// Each test binary uses a part of it.
#![allow(dead_code)]

pub(crate) mod cases;
pub(crate) mod channel;
pub(crate) mod consumer;
pub(crate) mod gate;
pub(crate) mod samples;
