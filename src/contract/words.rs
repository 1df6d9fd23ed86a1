//! Closed vocabularies: the keys whose value is one of a few words.

/// A value that is written as one of a few words.
pub trait Word: Copy + PartialEq + 'static {
    /// Every word with what it stands for.
    const WORDS: &'static [(&'static str, Self)];

    /// The words, to be listed.
    const NAMES: &'static [&'static str];

    /// What a word stands for.
    fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
    }

    /// The word.
    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, value)| *value == self).map_or("", |(name, _)| *name)
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl Word for $name {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, $name::$variant)),+];
            const NAMES: &'static [&'static str] = &[$($word),+];
        }
    };
}

words! {
    /// What the value of a capacity rests on, weakest first: a greater one meets every lesser need.
    Evidence {
        /// Somebody wrote it, or it comes from the producer's definitions.
        Declared = "declared",
        /// The array's length in debug information: the most that could be supplied.
        Storage = "storage",
        /// The consumer's build states it at the call site.
        Emitted = "emitted",
        /// The consumer took the witness at the last index and not the one after it.
        Observed = "observed",
    }
}

words! {
    /// What a build does with a read beyond its supply.
    Beyond {
        /// It dereferences what is not there.
        Fault = "fault",
        /// It checks, and the criterion never matches: dead, not dangerous.
        NoMatch = "no-match",
    }
}

words! {
    /// Where a build is in its life.
    State {
        /// Built, not yet released.
        Candidate = "candidate",
        /// Released, and takes content.
        Fielded = "fielded",
        /// Released, and can no longer receive content.
        Unreachable = "unreachable",
    }
}

words! {
    /// What to do about a build of the fleet that has no manifest.
    Unlisted {
        /// Refuse the content: nothing is known about that build.
        Refuse = "refuse",
        /// Say nothing.
        Ignore = "ignore",
    }
}

words! {
    /// What a build does with a read whose capacity it does not know.
    Unknown {
        /// It skips that part of the content.
        Ignored = "ignored",
        /// It fails: the content is refused for that build.
        Refused = "refused",
    }
}

words! {
    /// Where the consumer tries to match a regular expression.
    Matching {
        /// At every offset of the text, until one matches.
        Search = "search",
        /// At the start of the text alone; what follows the match is not looked at.
        Start = "start",
        /// The whole text.
        Whole = "whole",
    }
}

words! {
    /// How the time for a regular expression may grow with the length of the text.
    Affordable {
        /// As the length.
        Linear = "linear",
        /// As the square of the length.
        Quadratic = "quadratic",
    }
}

words! {
    /// What a combination comes to that no shipped content had.
    Novelty {
        /// The content is refused.
        Refuse = "refuse",
        /// It is a warning.
        Warn = "warn",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_ordered_weakest_first() {
        assert!(Evidence::Declared < Evidence::Storage);
        assert!(Evidence::Storage < Evidence::Emitted);
        assert!(Evidence::Emitted < Evidence::Observed);
    }

    #[test]
    fn words_and_values_are_each_others_inverse() {
        for name in Evidence::NAMES.iter().chain(Beyond::NAMES).chain(State::NAMES) {
            let back = Evidence::from_word(name)
                .map(Word::word)
                .or(Beyond::from_word(name).map(Word::word))
                .or(State::from_word(name).map(Word::word));
            assert_eq!(back, Some(*name));
        }
        assert_eq!(Evidence::from_word("Declared"), None);
        assert_eq!(Unknown::Ignored.word(), "ignored");
        assert_eq!(Unlisted::Refuse.word(), "refuse");
    }
}
