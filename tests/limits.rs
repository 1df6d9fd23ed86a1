//! Every limit on a walk, set by its name: what reaches it is told by that name, with how to raise it.

#[cfg(test)]
mod tests {
    use bootgate::check::{Plan, check};
    use bootgate::finding::{Finding, Severities};
    use bootgate::limits::{Limits, Setting};
    use bootgate::schema;
    use bootgate::span::Sources;

    /// The findings about some bytes with one limit set, as on the command line.
    fn findings(body: &str, bytes: &[u8], setting: &str) -> Vec<Finding> {
        let mut sources = Sources::default();
        let text = format!("meta: {{id: t, endian: le, encoding: UTF-8}}\n{body}");
        let source = sources.add("t.ksy", text.as_str());
        let schema = schema::read(source, &text);
        let plan = Plan::of_schema(schema, Severities::default()).unwrap();
        let setting: Setting = setting.parse().unwrap();
        let mut limits = Limits::default();
        limits.set(setting.limit().name, setting.value()).unwrap();
        check(&plan, &sources, &[bytes], &limits)
    }

    const LIST: &str = "seq: [{id: a, type: u1, repeat: eos}]";
    const EMPTY: &str = "seq: [{id: a, size: 0, repeat: expr, repeat-expr: 3}]";
    const NESTED: &str = "seq: [{id: a, type: b}]\ntypes: {b: {seq: [{id: c, type: d}]}, d: {}}";
    const TEXT: &str = "seq: [{id: a, type: str, size: 2}]\ninstances: {v: {value: a + a, -valid: '\"xyxy\"'}, w: {value: 1, -valid: 1}}";

    #[test]
    fn a_limit_that_is_reached_is_told_by_its_name() {
        for (name, body, bytes, enough) in [
            ("elements", LIST, &b"xyz"[..], 3),
            ("empty-elements", EMPTY, b"", 3),
            ("depth", NESTED, b"", 3),
            ("instances", TEXT, b"xy", 2),
            ("decoded-bytes", TEXT, b"xy", 4),
            ("scanned-bytes", TEXT, b"xy", 6),
        ] {
            assert_eq!(findings(body, bytes, &format!("{name}={enough}")), [], "{name}");
            let found = findings(body, bytes, &format!("{name}={}", enough - 1));
            let [finding] = found.as_slice() else { panic!("{name}: {found:?}") };
            assert_eq!(finding.message, format!("the limit `{name}` is reached"));
            assert_eq!(finding.expected, Some(format!("at most {}", enough - 1)));
            let help = finding.help.as_deref().unwrap();
            assert!(help.contains(&format!("`--limit {name}=N`")), "{help}");
        }
    }

    #[test]
    fn a_bound_that_nobody_can_set_does_not_say_how() {
        let found = findings("seq: [{id: a, type: u1, valid: 1, repeat: eos}]", &[0; 2000], "elements=5000");
        let last = found.iter().find(|f| f.code == "limit-exceeded").unwrap();
        assert_eq!((last.message.as_str(), &last.help), ("the limit `troubles` is reached", &None));
    }
}
