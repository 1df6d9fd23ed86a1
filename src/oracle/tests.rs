use proptest::prelude::*;

use super::consumer;

/// Definitions and channel file.
const JULY: (&[u8], &[u8]) = (
    include_bytes!("../../corpus/channel/invalid/july-2024/definitions.bin"),
    include_bytes!("../../corpus/channel/invalid/july-2024/channel.bin"),
);

/// An event that leads nowhere, behind the July file.
fn july() -> Vec<u8> {
    let event = consumer::Event { site: consumer::Site::File, values: Vec::new() };
    consumer::case(JULY.0, JULY.1, &event.bytes())
}

fn crashes(build: &consumer::Build, case: &[u8]) -> bool {
    std::panic::catch_unwind(|| consumer::run_case(build, case, |_| {}).unwrap()).is_err()
}

#[test]
fn an_event_leads_to_the_read_that_the_july_file_is_refused_for() {
    let cases = super::complete(&july());
    assert_eq!(cases.len(), 1);
    assert!(crashes(&consumer::Build::LEGACY, &cases[0]));
    assert!(!crashes(&consumer::Build::LEGACY, &july()));
}

#[test]
fn a_manifest_that_states_one_more_lets_harm_through_and_a_true_one_does_not() {
    let harm = |name: &str, stated| {
        let build = consumer::Build::named(name).unwrap();
        let cases = super::Judge::of(name, stated).unwrap().harmless(&july());
        (cases.len(), cases.iter().any(|case| crashes(&build, case)))
    };
    assert_eq!(harm("legacy", 20), (0, false));
    let (cases, harmful) = harm("legacy", 21);
    assert!(harmful && cases > 1, "{cases}");
    for (name, stated) in [("checked", 20), ("legacy-21", 21)] {
        let (cases, harmful) = harm(name, stated);
        assert!(!harmful && cases > 1, "{name}: {cases}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_walked_and_both_passes_agree(data in prop::collection::vec(any::<u8>(), 0..600)) {
        super::walk_bytes(&data);
    }

    #[test]
    fn small_bytes_are_walked_and_both_passes_agree(data in prop::collection::vec(0u8..8, 0..200)) {
        super::walk_bytes(&data);
    }

    #[test]
    fn a_frozen_plan_decides_what_the_check_decides(data in prop::collection::vec(any::<u8>(), 0..600)) {
        super::frozen_bytes(&data);
    }

    #[test]
    fn a_frozen_plan_decides_what_the_check_decides_of_small_bytes(data in prop::collection::vec(0u8..8, 0..200)) {
        super::frozen_bytes(&data);
    }

    #[test]
    fn a_plan_that_was_changed_is_refused_or_ends_within_its_limits(
        choice: u8,
        changes in prop::collection::vec(any::<[u8; 3]>(), 0..4),
        content in prop::collection::vec(0u8..16, 0..120),
    ) {
        let count = u8::try_from(changes.len()).unwrap();
        super::plan_bytes(&[&[choice | 1, count], changes.concat().as_slice(), &content].concat());
    }

    #[test]
    fn any_text_is_a_schema_or_is_refused_with_a_place(data in prop::collection::vec(any::<u8>(), 0..400)) {
        super::schema_text(&data);
    }

    #[test]
    fn any_text_is_an_expression_or_is_refused_with_a_place(data in prop::collection::vec(any::<u8>(), 0..400)) {
        super::expression_text(&data);
    }

    #[test]
    fn whatever_is_repaired_the_check_passes(data in prop::collection::vec(any::<u8>(), 0..200)) {
        super::mutate(&data);
    }

    #[test]
    fn any_text_is_a_contract_or_is_refused_with_a_place(data in prop::collection::vec(any::<u8>(), 0..400)) {
        super::contract_text(&data);
    }

    #[test]
    fn any_bytes_are_a_binary_or_are_refused(data in prop::collection::vec(any::<u8>(), 0..400)) {
        super::extract_bytes(&data);
    }

    #[test]
    fn a_consumer_that_checks_takes_or_refuses_any_change_of_the_july_file_with_any_event(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        texts in prop::collection::vec(r"[a*?é\\]{0,8}", 0..30),
    ) {
        let mut channel = JULY.1.to_vec();
        for (place, value) in changes {
            channel[place.index(JULY.1.len())] = value;
        }
        let values = texts.iter().map(|text| consumer::Value::Text(text.as_bytes())).collect();
        let event = consumer::Event { site: consumer::Site::Ipc, values };
        let case = consumer::case(JULY.0, &super::repaired(&channel, b"BGCF", 24), &event.bytes());
        let _ = consumer::run_case(&consumer::Build::CHECKED, &case, |_| {});
    }
}

proptest! {
    // Each case makes several sets.
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_made_the_check_passes(data in prop::collection::vec(any::<u8>(), 0..200)) {
        super::generate(&data);
    }
}
