use proptest::prelude::*;

use super::consumer;

/// Definitions and channel file.
const JULY: (&[u8], &[u8]) = (
    include_bytes!("../../corpus/channel/invalid/july-2024/definitions.bin"),
    include_bytes!("../../corpus/channel/invalid/july-2024/channel.bin"),
);

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
