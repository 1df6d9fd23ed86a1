//! The grammar: what binds how, and where it says that a text is wrong.

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
            format!("{}.as<{}{}>", go(a), ty.path.join("::"), if ty.array { "[]" } else { "" })
        }
        Kind::List(items) => format!("[{}]", all(items)),
        Kind::SizeOf { name, bits } => format!("sizeof<{}>/{bits}", name.path.join("::")),
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
        ("sizeof<a>", "sizeof<a>/false"),
        ("notx.trueish", "notx.trueish"),
    ] {
        assert_eq!(shape(text), expected, "{text}");
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
    ] {
        let deep = open.repeat(3000) + "1" + &close.repeat(3000);
        assert_eq!(parse(&deep).unwrap_err().expected, "fewer nested levels", "{open}");
        let fair = open.repeat(60) + "1" + &close.repeat(60);
        assert!(parse(&fair).is_ok(), "{open}");
    }
    assert_eq!(parse(&"1".repeat(1 << 17)).unwrap_err().expected, "a shorter expression");
}
