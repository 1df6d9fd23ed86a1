//! The corpus's cases: each a content set, what is wrong with it, and what it must give.

mod criteria;
mod definitions;
mod layout;

use std::ops::Range;

use super::channel::{Built, ChannelFile, Definitions};
use super::samples;

/// One content set of the corpus.
pub(crate) struct Case {
    /// Name of its folder, in `valid` or `invalid`.
    pub(crate) name: &'static str,
    /// What is wrong with it; for a valid one, what it shows.
    pub(crate) what: &'static str,
    /// Why it must be refused; `None` when it must pass.
    pub(crate) refusal: Option<Refusal>,
    /// The bytes of `definitions.bin`.
    pub(crate) definitions: Vec<u8>,
    /// The bytes of `channel.bin`.
    pub(crate) channel: Vec<u8>,
}

/// Why a set must be refused.
pub(crate) struct Refusal {
    /// The code of the finding.
    pub(crate) code: &'static str,
    /// The path of the part concerned, beginning with the file's role.
    pub(crate) path: String,
    /// The bytes concerned; `None` where the file lacks them.
    pub(crate) range: Option<Range<usize>>,
}

/// Every case, in the order of the README's table.
pub(crate) fn all() -> Vec<Case> {
    let parts = [
        criteria::valid(),
        criteria::reads_and_rules(),
        criteria::criteria(),
        criteria::strings(),
        layout::header(),
        layout::cuts(),
        layout::sections(),
        layout::undescribed(),
        layout::damage(),
        definitions::definitions(),
    ];
    parts.into_iter().flatten().collect()
}

/// A case in the making: the sample set, to be changed.
pub(crate) struct Draft {
    name: &'static str,
    what: &'static str,
    definitions: Built,
    channel: Built,
}

impl Draft {
    /// The sample set as it is.
    pub(crate) fn new(name: &'static str, what: &'static str) -> Draft {
        let definitions = samples::definitions().build();
        Draft { name, what, definitions, channel: samples::channel().build() }
    }

    /// Replaces the definitions by the sample with a change to its model.
    pub(crate) fn define(mut self, change: impl FnOnce(&mut Definitions)) -> Draft {
        let mut model = samples::definitions();
        change(&mut model);
        self.definitions = model.build();
        self
    }

    /// Replaces the channel file by the sample with a change to its model.
    pub(crate) fn model(mut self, change: impl FnOnce(&mut ChannelFile)) -> Draft {
        let mut model = samples::channel();
        change(&mut model);
        self.channel = model.build();
        self
    }

    /// Changes the channel file's bytes, and makes its checksum right again.
    pub(crate) fn patch(self, change: impl FnOnce(&mut Built)) -> Draft {
        let mut draft = self.damage(change);
        draft.channel.seal();
        draft
    }

    /// Changes the channel file's bytes under an unchanged checksum.
    fn damage(mut self, change: impl FnOnce(&mut Built)) -> Draft {
        change(&mut self.channel);
        self
    }

    /// Changes the definitions' bytes under an unchanged checksum.
    fn damage_definitions(mut self, change: impl FnOnce(&mut Built)) -> Draft {
        change(&mut self.definitions);
        self
    }

    /// The bytes of a part of the channel file.
    pub(crate) fn part(&self, path: &str) -> Range<usize> {
        self.channel.range(path)
    }

    pub(crate) fn passed(self) -> Case {
        let Draft { name, what, definitions, channel } = self;
        Case { name, what, refusal: None, definitions: definitions.bytes, channel: channel.bytes }
    }

    /// Refused with this code for this part of the channel file.
    pub(crate) fn refused(self, code: &'static str, path: &str) -> Case {
        let range = self.channel.range_within(path);
        self.refused_at(code, path, range)
    }

    /// The same, for other bytes than those of the part.
    pub(crate) fn refused_at(self, code: &'static str, path: &str, range: Option<Range<usize>>) -> Case {
        let path = self.channel.full_path(path);
        Case { refusal: Some(Refusal { code, path, range }), ..self.passed() }
    }

    /// Refused with this code for this part of the definitions.
    fn refused_definitions(self, code: &'static str, path: &str) -> Case {
        let range = self.definitions.range_within(path);
        let path = self.definitions.full_path(path);
        Case { refusal: Some(Refusal { code, path, range }), ..self.passed() }
    }
}

/// Cases that overwrite one integer: name, what, its path, its value, and the code for that place.
pub(crate) fn overwritten(
    cases: &[(&'static str, &'static str, &'static str, u64, &'static str)],
) -> Vec<Case> {
    let case = |&(name, what, path, value, code)| {
        Draft::new(name, what).patch(|file: &mut Built| file.set(path, value)).refused(code, path)
    };
    cases.iter().map(case).collect()
}
