use proptest::prelude::*;

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
    fn any_text_is_a_schema_or_is_refused_with_a_place(data in prop::collection::vec(any::<u8>(), 0..400)) {
        super::schema_text(&data);
    }

    #[test]
    fn any_text_is_an_expression_or_is_refused_with_a_place(data in prop::collection::vec(any::<u8>(), 0..400)) {
        super::expression_text(&data);
    }

    #[test]
    fn any_text_is_a_contract_or_is_refused_with_a_place(data in prop::collection::vec(any::<u8>(), 0..400)) {
        super::contract_text(&data);
    }

    #[test]
    fn any_bytes_are_a_binary_or_are_refused(data in prop::collection::vec(any::<u8>(), 0..400)) {
        super::extract_bytes(&data);
    }
}
