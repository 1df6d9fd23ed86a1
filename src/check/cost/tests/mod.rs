//! What the analysis promises, held against a matcher that counts its steps.

mod matcher;

use proptest::prelude::*;

use super::*;
use matcher::steps;

/// The expression that took a network down on 2 July 2019, as its operator published it.
const JULY_2019: &str = r#"(?:(?:\"|'|\]|\}|\\|\d|(?:nan|infinity|true|false|null|undefined|symbol|math)|\`|\-|\+)+[)]*;?((?:\s|-|~|!|{}|\|\||\+)*.*(?:.*=.*)))"#;

fn cost(expression: &str, matching: Matching) -> Cost {
    analyse(expression, matching).unwrap_or_else(|error| panic!("{expression}: {error}")).cost
}

fn power(degree: u32) -> Cost {
    Cost::Polynomial(degree)
}

#[test]
fn the_cost_is_that_of_the_worst_text() {
    use Cost::Exponential;
    for (expression, search, start, whole) in [
        ("abc", power(1), power(1), power(1)),
        ("a+", power(1), power(1), power(1)),
        // A search begins at each of many `a`.
        ("a*b", power(2), power(1), power(1)),
        ("^a*b", power(1), power(1), power(1)),
        ("(?:^a|x)a*b", power(1), power(1), power(1)),
        ("(?m)^a*b", power(2), power(1), power(1)),
        (r"\\Device\\[^\\]+\\pipe", power(1), power(1), power(1)),
        ("^[0-9a-f]{32}[0-9a-f]{32}$", power(1), power(1), power(1)),
        ("[0-9]{64}", power(1), power(1), power(1)),
        (".*.*=", power(3), power(2), power(2)),
        ("x*x*x*y", power(4), power(3), power(3)),
        // One after the other, they multiply as well.
        ("^a*a*xb*b*y", power(3), power(3), power(3)),
        ("^a{0,99}a{0,99}b", power(2), power(2), power(2)),
        ("(a|ab)*c", power(2), power(1), power(1)),
        ("^(a|a)*b", Exponential, Exponential, Exponential),
        ("(a*)*b", Exponential, Exponential, Exponential),
        ("(a?){30}a{30}", Exponential, Exponential, Exponential),
        (r"^(\w+\s?)*$", Exponential, Exponential, Exponential),
        ("^(([a-z])+.)+[A-Z]([a-z])+$", Exponential, Exponential, Exponential),
        // What may end at any time does not go back, unless all of the text has to match.
        ("(a|a)*", power(1), power(1), Exponential),
        ("a*a*", power(1), power(1), power(2)),
        ("((a|a)*b)*", Exponential, Exponential, Exponential),
        ("(?:a*b)*", power(1), power(1), power(1)),
        // It went on by one, and looked ahead to the end each time.
        ("(?:a*b|a)*", power(2), power(2), Exponential),
        ("", power(1), power(1), power(1)),
        ("[^\\s\\S]*x", power(1), power(1), power(1)),
    ] {
        assert_eq!(cost(expression, Matching::Search), search, "search {expression}");
        assert_eq!(cost(expression, Matching::Start), start, "start {expression}");
        assert_eq!(cost(expression, Matching::Whole), whole, "whole {expression}");
    }
}

#[test]
fn the_expression_of_july_2019_is_refused_with_its_parts() {
    let found = analyse(JULY_2019, Matching::Search).unwrap();
    assert_eq!(found.cost, power(5));
    let witness = found.witness.unwrap();
    let parts: Vec<&str> = witness.parts.iter().map(|part| JULY_2019.get(part.clone()).unwrap()).collect();
    assert_eq!(parts[1..], [r"(?:\s|-|~|!|{}|\|\||\+)*", ".*", ".*"]);
    assert!(parts[0].starts_with(r#"(?:\"|'|"#) && parts[0].ends_with(")+"), "{parts:?}");
    // Twice the text, and more than eight times the steps.
    let paid = |times| steps(JULY_2019, &witness.text(times), Matching::Search, u64::MAX);
    assert!(paid(24) > 8 * paid(12), "{} {}", paid(12), paid(24));
    // The part that was written about afterwards.
    assert_eq!(cost(".*(?:.*=.*)", Matching::Start), power(2));
    // And what it was replaced by: one `.*`, after something that is not in it.
    assert_eq!(cost("^[^=]*=.*", Matching::Search), power(1));
}

#[test]
fn expressions_are_read_as_their_consumers_read_them() {
    for (written, same) in [
        ("(?:{})*b", r"(?:\{\})*b"),
        ("a{b", r"a\{b"),
        ("[[a]*b", r"[\[a]*b"),
        ("[]a]*b", r"[\]a]*b"),
        ("[&&~~]+b", r"[&~]+b"),
        (r"[\w-.]+b", r"[\w.\-]+b"),
        (r"[a-\d]+b", r"[a\d\-]+b"),
        ("[--/]*/", r"[\-./]*/"),
        ("[+--]*x", r"[+,\-]*x"),
        ("[[:alpha:]-]*b", r"[A-Za-z\-]*b"),
        (r"\<*b", "<*b"),
        (r"[\b]*b", r"[\x08]*b"),
        (r"\0*\01*\e*b", r"\x00*\x01*\x1b*b"),
        (r"a*\Z", r"a*\z"),
        (r"[\101]*B", "[A]*B"),
        (r"\x{41}*\p{Lu}*b", r"A*[A-Z]*b"),
        ("(?i)A*a*b", "[aA]*[aA]*b"),
        ("(?i:A*)a*b", "[aA]*a*b"),
        ("(?s).*\n*b", r"[\s\S]*\n*b"),
        ("a{,50}a*b", "a*a*b"),
    ] {
        for matching in [Matching::Search, Matching::Start, Matching::Whole] {
            assert_eq!(cost(written, matching), cost(same, matching), "{written} as {same}");
        }
    }
    let witness = analyse("^é{2}[[]*[[]*x", Matching::Search).unwrap().witness.unwrap();
    assert_eq!(witness.parts, [6..10, 10..14]);
    assert_eq!(witness.text(2), "éé[[[");
}

#[test]
fn what_is_not_covered_is_never_called_bounded() {
    for (expression, what) in [
        (r"(a+)\1", "no bound is known for back-references"),
        (r"(?<n>a+)\k<n>", "no bound is known for back-references"),
        ("(?P<n>a+)(?P=n)", "no bound is known for back-references"),
        ("(?=a+)b", "no bound is known for look-around"),
        ("(?<!a)b", "no bound is known for look-around"),
        ("(?>a+)b", "no bound is known for atomic groups"),
        ("a++b", "no bound is known for possessive quantifiers"),
        ("a{2,}+b", "no bound is known for possessive quantifiers"),
        ("(?R)", "no bound is known for recursion"),
        ("(?1)", "no bound is known for recursion"),
        ("(?-1)", "no bound is known for recursion"),
        ("(?(1)a|b)", "no bound is known for conditions"),
        ("(*UTF8)a", "no bound is known for verbs"),
        (r"\Qa*\E", "no bound is known for quoting by `\\Q`"),
        ("(?x) a b", "no bound is known for the extended layout `(?x)`"),
        ("(", "it cannot be read: unclosed group"),
        ("a**{", "it cannot be read: "),
        ("[a-", "it cannot be read: unclosed character class"),
        (r"a\", "it cannot be read: "),
        ("*", "it cannot be read: repetition operator missing expression"),
        (r"\y", "it cannot be read: unrecognized escape sequence"),
        ("a{3,2}", "it cannot be read: "),
    ] {
        match analyse(expression, Matching::Search) {
            Ok(found) => assert!(expression.starts_with("a**") && found.cost > Cost::LINEAR, "{expression}"),
            Err(error) => assert!(error.to_string().starts_with(what), "{expression}: {error}"),
        }
    }
}

#[test]
fn hostile_expressions_end_soon() {
    let words: String = (0..900).map(|n| format!("{n:04}|")).collect();
    let nested = "(".repeat(5000) + &")*".repeat(5000);
    let symbols: String = (0..600).filter_map(|n| char::from_u32(0x4e00 + n)).collect();
    for expression in [
        nested,
        "((a{1000}){1000}){1000}".into(),
        "(a?b?c?d?)".repeat(300),
        format!("({words}x)*({words}x)*y"),
        "a*".repeat(2000),
        format!("({}x)*", "(a|b)*c|".repeat(300)),
        "x".repeat(limits::REGEX_BYTES + 1),
        symbols,
    ] {
        let shown: String = expression.chars().take(20).collect();
        let found = analyse(&expression, Matching::Whole);
        assert!(matches!(found, Err(NotBounded::TooLarge { .. })), "{shown}: {found:?}");
    }
}

fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => Just("a".to_string()),
        3 => Just("b".to_string()),
        1 => Just(".".to_string()),
        1 => Just("[^a]".to_string()),
        1 => Just("$".to_string()),
        1 => Just("^".to_string()),
        1 => Just(String::new()),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            2 => prop::collection::vec(inner.clone(), 2..3).prop_map(|b| format!("(?:{})", b.join("|"))),
            2 => inner.clone().prop_map(|one| format!("(?:{one})*")),
            1 => inner.clone().prop_map(|one| format!("(?:{one})+")),
            1 => inner.clone().prop_map(|one| format!("(?:{one})?")),
            1 => inner.clone().prop_map(|one| format!("(?:{one})*?")),
            1 => inner.prop_map(|one| format!("(?:{one}){{0,2}}")),
        ]
    })
}

/// Steps for texts of `times` pumps, of which there are a few of every kind.
fn worst(expression: &str, matching: Matching, times: usize, most: u64) -> (u64, String) {
    let mut worst = (0, String::new());
    for before in ["", "b"] {
        for pump in ["a", "b", "ab", "aab", "c"] {
            for end in ["", "a", "b", "c", "\n"] {
                let repeated: String = pump.chars().cycle().take(times).collect();
                let text = format!("{before}{repeated}{end}");
                let paid = steps(expression, &text, matching, most);
                if paid > worst.0 {
                    worst = (paid, text);
                }
            }
        }
    }
    worst
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn no_text_costs_more_than_was_said(expression in expressions(), which in 0..3usize) {
        let matching = [Matching::Search, Matching::Start, Matching::Whole][which];
        if let Cost::Polynomial(degree @ ..4) = cost(&expression, matching) {
            const MOST: u64 = 4_000_000;
            let (few, _) = worst(&expression, matching, 16, MOST);
            let (many, text) = worst(&expression, matching, 32, MOST);
            // Twice the text; a little more for what does not grow as fast.
            let bound = few * 2u64.pow(degree) * 5 / 4 + 64;
            prop_assert!(many <= bound, "{expression:?} {matching:?}: {few}, then {many} for {text:?}");
        }
    }

    #[test]
    fn a_witness_costs_what_was_said(expression in expressions(), which in 0..3usize) {
        let matching = [Matching::Search, Matching::Start, Matching::Whole][which];
        let found = analyse(&expression, matching).unwrap();
        let Some(witness) = found.witness else { return Ok(()) };
        const MOST: u64 = 300_000;
        // Where assertions keep a text from going round, or every text of the kind matches after all, the cost is
        // an upper bound and no more.
        if expression.contains(['^', '$'])
            || matcher::matches(&expression, &witness.text(14), matching, MOST)
        {
            return Ok(());
        }
        let paid = |times| steps(&expression, &witness.text(times), matching, MOST);
        let (few, many) = (paid(14), paid(28));
        let least = match found.cost {
            Cost::Exponential => MOST.min(few.saturating_mul(64)),
            Cost::Polynomial(degree) => MOST.min(few * 2u64.pow(degree) / 2),
        };
        prop_assert!(many >= least, "{expression:?} {matching:?} {:?} {witness:?}: {few}, then {many}", found.cost);
    }
}
