//! The properties that are fuzzed, replayed over the corpus.

#[cfg(test)]
mod support;

use bootgate::oracle;
use support::cases::all;

#[test]
fn both_passes_agree_on_every_set_of_the_corpus() {
    for case in all() {
        oracle::set(&case.definitions, &case.channel);
    }
}

#[test]
fn frozen_plans_decide_what_the_check_decides_on_every_set_of_the_corpus() {
    for case in all() {
        oracle::frozen_set(&case.definitions, &case.channel);
    }
}
