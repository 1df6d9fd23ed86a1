//! The grammar: what binds how, and where it says that a text is wrong.

use proptest::prelude::*;

use super::*;

/// An expression with all its parentheses.
fn shape(text: &str) -> String {
    let ast = parse(text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    draw(&ast, ast.root)
}

fn draw(ast: &Ast, id: NodeId) -> String {
    let go = |id: &NodeId| draw(ast, *id);
    let all = |items: &[NodeId]| items.iter().map(go).collect::<Vec<_>>().join(", ");
    match &ast.get(id).unwrap().kind {
        Kind::Int(n) => n.to_string(),
        Kind::Float(n) => format!("{n:?}"),
        Kind::Str(s) => format!("{s:?}"),
        Kind::Format(parts) => format!("f[{}]", all(parts)),
        Kind::Bool(b) => b.to_string(),
        Kind::Name(name) => name.clone(),
        Kind::Member(path) => path.join("::"),
        Kind::Unary(op, a) => format!("({op:?} {})", go(a)),
        Kind::Binary(op, a, b) => format!("({} {op:?} {})", go(a), go(b)),
        Kind::Choice(c, a, b) => format!("({} ? {} : {})", go(c), go(a), go(b)),
        Kind::Field(a, name) => format!("{}.{name}", go(a)),
        Kind::Call(a, name, args) => format!("{}.{name}({})", go(a), all(args)),
        Kind::Function(name, args) => format!("{name}({})", all(args)),
        Kind::Subscript(a, b) => format!("{}[{}]", go(a), go(b)),
        Kind::Cast(a, ty) => {
            let (from, array) = (if ty.absolute { "::" } else { "" }, if ty.array { "[]" } else { "" });
            format!("{}.as<{from}{}{array}>", go(a), ty.path.join("::"))
        }
        Kind::List(items) => format!("[{}]", all(items)),
        Kind::SizeOf { name, bits: true } => format!("bitsizeof<{}>", name.path.join("::")),
        Kind::SizeOf { name, bits: false } => format!("sizeof<{}>", name.path.join("::")),
    }
}

#[test]
fn operators_bind_as_in_the_language() {
    for (text, expected) in [
        ("1 + 2 * 3 - 4", "((1 Add (2 Mul 3)) Sub 4)"),
        ("a | b ^ c & d << 1", "(a BitOr (b BitXor (c BitAnd (d Shl 1))))"),
        ("not a == b and c or d", "(((Not (a Eq b)) And c) Or d)"),
        ("a < b ? c : d ? e : f", "((a Lt b) ? c : (d ? e : f))"),
        ("-a.b[1].c(2, 3)", "(Minus a.b[1].c(2, 3))"),
        ("~1 % -2", "((Invert 1) Mod (Minus 2))"),
        ("x.as<a::b>.c", "x.as<a::b>.c"),
        ("x.as<u1[]>", "x.as<u1[]>"),
        ("a::b::c == k::d", "(a::b::c Eq k::d)"),
        ("[1, 0x_ff, 0b1_0, 0o17,]", "[1, 255, 2, 15]"),
        ("1.5e2 + 1_0.0 + 24000. * 2", "((150.0 Add 10.0) Add (24000.0 Mul 2))"),
        ("1.to_s", "1.to_s"),
        ("'a\\n' 'b'", "\"a\\\\nb\""),
        (r#""a\n\u0041\101\"""#, "\"a\\nAA\\\"\""),
        ("capacity(\"x\") - 1", "(capacity(\"x\") Sub 1)"),
        ("sizeof<a> + bitsizeof < a::b >", "(sizeof<a> Add bitsizeof<a::b>)"),
        ("notx.trueish", "notx.trueish"),
        ("not not a or 1or b", "(((Not (Not a)) Or 1) Or b)"),
        ("a.as<::b[]>[0]", "a.as<::b[]>[0]"),
        ("::a::b::c", "::a::b::c"),
        ("a :: b", "a::b"),
        (".5 + 3.e + 3.", "((0.5 Add 3.e) Add 3.0)"),
        ("[] == [].as<u1[]>", "([] Eq [].as<u1[]>)"),
        ("a +\\\n b", "(a Add b)"),
        ("truey ? true : false", "(truey ? true : false)"),
    ] {
        assert_eq!(shape(text), expected, "{text}");
    }
}

#[test]
fn texts_have_the_escapes_of_the_language() {
    for (text, expected) in [
        (r#""\a\b\t\n\v\f\r\e\"\'\\""#, "\u{7}\u{8}\t\n\u{b}\u{c}\r\u{1b}\"'\\"),
        (r#""\0\101\1017""#, "\0A\u{20f}"),
        (r#""\u00e9\ud83d\ude00""#, "é😀"),
        (r"'\n\u0041'", r"\n\u0041"),
        (r#""a" 'b'"c""#, "abc"),
    ] {
        let ast = parse(text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
        assert_eq!(ast.get(ast.root).unwrap().kind, Kind::Str(expected.into()), "{text}");
    }
    for (text, at, expected) in [
        (r#""\ud83d""#, 3, "a character's number"),
        (r#""\ude00\ud83d""#, 3, "a character's number"),
        (r#""\u00g0""#, 3, "a character's number"),
        (r#""\777777""#, 2, "a character's number"),
        (r#""\x41""#, 2, "a known escape"),
    ] {
        assert_eq!(parse(text).unwrap_err(), SyntaxError { at, expected }, "{text}");
    }
}

#[test]
fn format_strings_have_texts_and_expressions() {
    for (text, expected) in [
        (r#"f"""#, "f[]"),
        (r#"f"abc\n}""#, r#"f["abc\n}"]"#),
        (r#"f"{a}{ b + 1 } c {'d'}""#, r#"f[a, (b Add 1), " c ", "d"]"#),
        (r#"f"{f"{"x"}"}\173""#, r#"f[f["x"], "{"]"#),
        (r#"f "x""#, ""),
    ] {
        match expected {
            "" => assert!(parse(text).is_err(), "{text}"),
            _ => assert_eq!(shape(text), expected, "{text}"),
        }
    }
    for (text, at, expected) in [
        (r#"f"abc"#, 5, "a closing `\"`"),
        (r#"f"{a b}""#, 5, "`}`"),
        (r#"f"{}""#, 3, "a value"),
        (r#"f"{a""#, 4, "`}`"),
    ] {
        assert_eq!(parse(text).unwrap_err(), SyntaxError { at, expected }, "{text}");
    }
}

#[test]
fn operators_of_other_languages_are_told_what_they_are_here() {
    for (text, at, meant) in [
        ("a == 1 && b", 7, "`and`"),
        ("(a||b)", 2, "`or`"),
        ("!a", 0, "`not`"),
        ("a and ! b", 6, "`not`"),
        ("a = 1", 2, "`==`"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.at, at, "{text}");
        assert!(error.expected.ends_with(&format!("did you mean {meant}?")), "{text}: {error:?}");
    }
    assert_eq!(shape("a != 1"), "(a Ne 1)");
}

#[test]
fn constants_are_known_without_a_file() {
    for (text, value) in [
        ("2 + 3 * 4 - 0x10", Some(-2)),
        ("~5 & 0xff | 1 << 8 ^ 3", Some(0xfa | 0x100 ^ 3)),
        ("-7 / 2", Some(-4)),
        ("-7 % 2", Some(1)),
        ("1 < 2 and not (3 == 4) ? 5 : x", Some(5)),
        ("true == (2 >= 2) ? 1 : 0", Some(1)),
        ("x", None),
        ("1 / 0", None),
        ("1 << 64", None),
        ("true", None),
        ("1 ? 2 : 3", None),
        ("1.5", None),
    ] {
        assert_eq!(parse(text).unwrap().constant(), value, "{text}");
    }
}

#[test]
fn an_error_is_where_reading_stopped() {
    for (text, at, expected) in [
        ("", 0, "a value"),
        ("1 +", 3, "a value"),
        ("a b", 2, "an operator or the end"),
        ("(a", 2, "`)`"),
        ("a[1", 3, "`]`"),
        ("a ? b", 5, "`:`"),
        ("a.1", 2, "a name"),
        ("'abc", 4, "a closing `'`"),
        ("\"\\q\"", 2, "a known escape"),
        ("0x", 2, "digits"),
        ("12ab", 2, "an operator or the end"),
        ("012", 0, "a number without zeroes before it"),
        ("0x_", 0, "digits"),
        ("a.b(1,)", 6, "a value"),
        ("::a", 3, "`::` and a member of an enum"),
        ("a < b < c", 6, "an operator or the end"),
        ("bitsizeof<a", 11, "`>`"),
        ("18446744073709551616", 0, "an integer of at most 64 bits"),
        ("a.as<1>", 5, "a type name"),
    ] {
        assert_eq!(parse(text).unwrap_err(), SyntaxError { at, expected }, "{text}");
    }
    assert!(parse("18446744073709551615").is_ok());
}

#[test]
fn nodes_know_their_text() {
    let text = " ab + cd.e ";
    let ast = parse(text).unwrap();
    let Kind::Binary(_, a, b) = ast.get(ast.root).unwrap().kind else { panic!("{ast:?}") };
    assert_eq!([a, b].map(|id| text.get(ast.get(id).unwrap().range.clone()).unwrap()), ["ab", "cd.e"]);
    assert_eq!(text.get(ast.get(ast.root).unwrap().range.clone()), Some("ab + cd.e"));
}

#[test]
fn depth_is_bounded_on_the_stack_and_in_the_tree() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("-", ""),
        ("not ", ""),
        ("a[", "]"),
        ("1 ? 1 : ", ""),
        ("f(", ")"),
        ("a.b(", ")"),
        ("f\"{", "}\""),
    ] {
        let deep = open.repeat(3000) + "1" + &close.repeat(3000);
        assert_eq!(parse(&deep).unwrap_err().expected, "fewer nested levels", "{open}");
        let fair = open.repeat(60) + "1" + &close.repeat(60);
        assert!(parse(&fair).is_ok(), "{open}");
    }
    assert_eq!(parse(&"1".repeat(1 << 17)).unwrap_err().expected, "a shorter expression");
}

#[test]
fn types_may_have_arguments() {
    let call = parse_type(" a::b ( 1, x + 2, ) ").unwrap();
    let args = call.args.unwrap();
    assert_eq!(
        (call.name.path.join("::"), draw(&args, args.root).as_str()),
        ("a::b".into(), "[1, (x Add 2)]")
    );
    assert!(parse_type("::u4[]").is_ok_and(|t| t.name.absolute && t.name.array && t.args.is_none()));
    for (text, at, expected) in [
        ("a()", 2, "an argument, or no parentheses"),
        ("a(1", 3, "`,` or `)`"),
        ("a(1) b", 5, "the end"),
        ("1a", 0, "a type name"),
    ] {
        assert_eq!(parse_type(text).unwrap_err(), SyntaxError { at, expected }, "{text}");
    }
}

/// An expression as text that reads as the same tree.
fn print(ast: &Ast, id: NodeId) -> String {
    let go = |id: &NodeId| print(ast, *id);
    let all = |items: &[NodeId]| items.iter().map(go).collect::<Vec<_>>().join(", ");
    let quoted = |text: &str| text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
    let name = |ty: &TypeName| {
        let (from, array) = (if ty.absolute { "::" } else { "" }, if ty.array { "[]" } else { "" });
        format!("<{from}{}{array}>", ty.path.join("::"))
    };
    match &ast.get(id).unwrap().kind {
        Kind::Int(n) => n.to_string(),
        Kind::Float(n) => format!("{n:e}"),
        Kind::Str(s) => format!("\"{}\"", quoted(s)),
        Kind::Format(parts) => {
            let part = |id: &NodeId| format!("{{{}}}", go(id));
            format!("f\"{}\"", parts.iter().map(part).collect::<String>())
        }
        Kind::Bool(b) => b.to_string(),
        Kind::Name(name) => name.clone(),
        Kind::Member(path) => path.join("::"),
        Kind::Unary(op, a) => {
            let op = ["-", "~", "not "][*op as usize];
            format!("({op}{})", go(a))
        }
        Kind::Binary(op, a, b) => {
            let words = "+ - * / % & | ^ << >> == != < <= > >= and or";
            format!("({} {} {})", go(a), words.split(' ').nth(*op as usize).unwrap(), go(b))
        }
        Kind::Choice(c, a, b) => format!("({} ? {} : {})", go(c), go(a), go(b)),
        Kind::Field(a, name) => format!("({}).{name}", go(a)),
        Kind::Call(a, name, args) => format!("({}).{name}({})", go(a), all(args)),
        Kind::Function(name, args) => format!("{name}({})", all(args)),
        Kind::Subscript(a, b) => format!("({})[{}]", go(a), go(b)),
        Kind::Cast(a, ty) => format!("({}).as{}", go(a), name(ty)),
        Kind::List(items) => format!("[{}]", all(items)),
        Kind::SizeOf { name: ty, bits } => format!("{}sizeof{}", if *bits { "bit" } else { "" }, name(ty)),
    }
}

fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        any::<u64>().prop_map(|n| n.to_string()),
        (0.0..1e9f64).prop_map(|n| format!("{n:e}")),
        "[a-z_][a-z0-9_]{0,5}".prop_map(|name| format!("x{name}")),
        "'[^']{0,5}'",
        Just("::a::b::c".to_string()),
        Just("true".to_string()),
        Just("[]".to_string()),
        Just("sizeof<u4>".to_string()),
        Just("bitsizeof<::a::b>".to_string()),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let two = (inner.clone(), inner.clone());
        let op = prop::sample::select("+ - * / % & | ^ << >> == < >= and or".split(' ').collect::<Vec<_>>());
        prop_oneof![
            (op, two.clone()).prop_map(|(op, (a, b))| format!("({a} {op} {b})")),
            two.clone().prop_map(|(a, b)| format!("{a} * {b}")),
            two.clone().prop_map(|(a, b)| format!("[{a}, {b},]")),
            two.clone().prop_map(|(a, b)| format!("({a})[{b}]")),
            two.clone().prop_map(|(a, b)| format!("({a}).call({b}).field.as<x::y[]>")),
            two.prop_map(|(a, b)| format!("f\"x{{{a}}}\\n{{{b}}}\"")),
            inner.clone().prop_map(|a| format!("(not {a})")),
            inner.clone().prop_map(|a| format!("-{a}")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_as_the_same_tree(text in expressions()) {
        let ast = parse(&text).map_err(|e| TestCaseError::fail(format!("{text}: {e:?}")))?;
        let printed = print(&ast, ast.root);
        let again = parse(&printed).map_err(|e| TestCaseError::fail(format!("{printed}: {e:?}")))?;
        prop_assert_eq!(draw(&ast, ast.root), draw(&again, again.root));
    }

    #[test]
    fn no_text_breaks_the_parser(text in "([a-z0-9_ .:+*/%&|^<>=!?'\"\\[\\](){},\\\\-]|f\"|not |as<|\\PC){0,60}") {
        for end in parse(&text).err().into_iter().chain(parse_type(&text).err()) {
            prop_assert!(end.at <= text.len() && text.is_char_boundary(end.at));
        }
    }
}
