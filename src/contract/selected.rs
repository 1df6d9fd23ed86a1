//! Which builds a run is about, and what each of them has to say about content.

use super::fleet::build_names;
use super::manifest::Manifest;
use super::words::State;

/// What a build makes of content that it cannot take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Say {
    /// It refuses the content: the run answers for this build.
    Refuses,
    /// It warns: the build is a candidate, which blocks its own release and no content.
    Warns,
    /// What it cannot take is told for itself, for an overview of all builds.
    Told,
}

/// Every build of a contract, and which of them a run is about.
#[derive(Clone, Debug)]
pub struct Selected<'m> {
    /// The builds in the order of versions and platforms.
    builds: Vec<(&'m Manifest, Option<Say>)>,
}

impl<'m> Selected<'m> {
    /// Each build with what this gives for it; one without a say is only known to be there.
    pub fn new(
        builds: impl IntoIterator<Item = &'m Manifest>,
        say: impl Fn(&Manifest) -> Option<Say>,
    ) -> Selected<'m> {
        let mut builds: Vec<_> = builds.into_iter().map(|build| (build, say(build))).collect();
        builds
            .sort_by(|(a, _), (b, _)| a.number.cmp(&b.number).then_with(|| a.platform().cmp(&b.platform())));
        Selected { builds }
    }

    /// All of these builds, each with this say.
    pub fn all(builds: impl IntoIterator<Item = &'m Manifest>, say: Say) -> Selected<'m> {
        Selected::new(builds, |_| Some(say))
    }

    /// The fielded builds, which refuse, and the candidates, which warn.
    pub fn fielded(builds: impl IntoIterator<Item = &'m Manifest>) -> Selected<'m> {
        Selected::new(builds, |build| match build.state {
            State::Fielded => Some(Say::Refuses),
            State::Candidate => Some(Say::Warns),
            State::Unreachable => None,
        })
    }

    /// The same, with another say for the builds that this gives one for.
    #[must_use]
    pub fn with(self, say: impl Fn(&Manifest) -> Option<Say>) -> Selected<'m> {
        let builds = self.builds.into_iter().map(|(build, old)| (build, say(build).or(old)));
        Selected { builds: builds.collect() }
    }

    /// The builds that have a say, in order.
    pub fn with_say(&self) -> impl Iterator<Item = (&'m Manifest, Say)> {
        self.builds.iter().filter_map(|(build, say)| Some((*build, (*say)?)))
    }

    /// The names of all builds of the contract, in order.
    pub fn names(&self) -> Vec<String> {
        build_names(&self.builds.iter().map(|(build, _)| *build).collect::<Vec<_>>())
    }

    /// The names of the builds that have a say, in order: they are the same whichever builds are asked about.
    pub fn names_with_say(&self) -> Vec<String> {
        let names = self.names().into_iter().zip(&self.builds);
        names.filter(|(_, (_, say))| say.is_some()).map(|(name, _)| name).collect()
    }
}
