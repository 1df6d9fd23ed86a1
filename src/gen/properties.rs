//! Properties: everything that a set can show of a schema and a contract.

use crate::check::Plan;
use crate::codes;
use crate::contract::Kind;
use crate::layout::ty::{Range, Ty};
use crate::layout::{
    Attr, AttrId, Body, EnumId, ExprId, ExprKind, IntFormat, Layout, QueryId, Repeat, TypeId, ValidKind,
};
use crate::schema::expr::{Binary, Unary};
use crate::table::Id;

use super::goal::{Goal, counted};
use super::witness::Property;

/// Elements of a capacity that are read one by one in witnesses; of larger ones the boundaries alone.
const EACH: u64 = 64;

/// Everything that a set can show of a plan.
pub fn properties(plan: &Plan) -> Vec<Property> {
    let mut all = Vec::new();
    let layout = &plan.layout;
    for (id, attr) in layout.attrs.entries() {
        let Some(name) = place(layout, attr) else { continue };
        let add = |all: &mut Vec<Property>, what: &str, shows: String, goal, refused| {
            all.push(Property { name: file_name(&format!("{name}-{what}")), shows, goal, refused });
        };
        if attr.condition.is_some() {
            for (there, word) in [(true, "there"), (false, "absent")] {
                add(&mut all, word, format!("`{name}` is {word}"), Goal::There { attr: id, there }, None);
            }
        }
        if let Body::Switch { cases, .. } = &attr.body {
            for row in 0..=cases.len() {
                let shows = format!("`{name}` is the case {row} of its switch");
                add(&mut all, &format!("case-{row}"), shows, Goal::Case { attr: id, row }, None);
            }
        }
        if attr.checksum.is_some() {
            continue;
        }
        for (value, allowed) in words(layout, attr) {
            let shown = String::from_utf8_lossy(&value).into_owned();
            let (word, what) = if allowed { ("is", "text") } else { ("is not allowed to be", "no-text") };
            let goal = Goal::Bytes { attr: id, value, broken: !allowed };
            let refused = (!allowed).then_some(codes::VALUE_NOT_VALID);
            add(&mut all, &format!("{what}-{shown}"), format!("`{name}` {word} {shown:?}"), goal, refused);
        }
        if is_conditional(layout, attr) {
            for (broken, what) in [(false, "allowed"), (true, "not-allowed")] {
                let shows = format!("`{name}` has a value that is {}", what.replace('-', " "));
                let goal = Goal::Allowed { attr: id, broken };
                add(&mut all, what, shows, goal, broken.then_some(codes::VALUE_NOT_VALID));
            }
        }
        if !matches!(attr.body, Body::Int(_) | Body::Bits(..)) {
            continue;
        }
        if let Ty::Enum(of) = attr.element {
            for (value, member) in &layout.enums[of].members {
                let goal = Goal::Value { attr: id, value: *value, broken: false };
                add(&mut all, member, format!("`{name}` is `{member}`"), goal, None);
            }
        }
        let held = held(&attr.body);
        for (value, allowed) in boundaries(layout, attr).into_iter().filter(|(n, _)| held.contains(n)) {
            let word = if allowed { "is" } else { "is not allowed to be" };
            let goal = Goal::Value { attr: id, value, broken: !allowed };
            let refused = (!allowed).then_some(codes::VALUE_NOT_VALID);
            add(&mut all, &format!("value-{value}"), format!("`{name}` {word} {value}"), goal, refused);
        }
    }
    asked(plan, &mut all);
    let mut shown = std::collections::HashSet::new();
    all.retain(|property| shown.insert(property.goal.clone()));
    distinct(all.iter_mut().map(|property| &mut property.name));
    all
}

/// The name of a field: that of its type before it, and that of its file where there are several.
pub(super) fn place(layout: &Layout, attr: &Attr) -> Option<String> {
    let name = attr.name.as_ref()?;
    let ty = &layout.types[attr.owner];
    match layout.roots.len() {
        1 => Some(format!("{}.{name}", ty.name)),
        _ => Some(format!("{}.{}.{name}", layout.roots[ty.root].name, ty.name)),
    }
}

/// Names that are each there once: later ones get a number.
pub(super) fn distinct<'n>(names: impl Iterator<Item = &'n mut String>) {
    let mut known = std::collections::HashMap::new();
    for name in names {
        let count: &mut u32 = known.entry(name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            name.push_str(&format!("-{count}"));
        }
    }
}

/// A name with nothing in it that a file's name should not have.
pub(super) fn file_name(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    text.chars().map(|c| if plain(c) { c } else { '_' }).collect()
}

/// The values that an integer can hold.
fn held(body: &Body) -> std::ops::RangeInclusive<i128> {
    match body {
        Body::Int(IntFormat { bytes, signed, .. }) => {
            let range = Range::of_bytes(*bytes, *signed);
            range.min..=range.max
        }
        Body::Bits(bits, _) => 0..=(1i128 << (*bits).min(64)) - 1,
        _ => 0..=0,
    }
}

/// The values at the boundaries of a constraint, and whether it allows them.
fn boundaries(layout: &Layout, attr: &Attr) -> Vec<(i128, bool)> {
    let Some(valid) = &attr.valid else { return Vec::new() };
    let constant = |id| constant(layout, id);
    let mut values = Vec::new();
    match &valid.kind {
        ValidKind::Eq(expr) => {
            if let Some(n) = constant(*expr) {
                values.extend([(n - 1, false), (n, true), (n + 1, false)]);
            }
        }
        ValidKind::Range(min, max) => {
            let (min, max) = (min.and_then(constant), max.and_then(constant));
            let inside = |n: i128| min.is_none_or(|min| min <= n) && max.is_none_or(|max| n <= max);
            for bound in min.into_iter().chain(max) {
                values.extend([bound - 1, bound, bound + 1].map(|n| (n, inside(n))));
            }
        }
        ValidKind::AnyOf(items) => {
            let items: Vec<i128> = items.iter().filter_map(|item| constant(*item)).collect();
            values.extend(items.iter().map(|n| (*n, true)));
            let outside = items.iter().flat_map(|n| [n - 1, n + 1]).filter(|n| !items.contains(n));
            values.extend(outside.map(|n| (n, false)));
        }
        ValidKind::InEnum(of) => {
            let last = layout.enums[*of].members.last().map(|(value, _)| *value);
            values.extend(last.map(|n| (n + 1, false)));
        }
        ValidKind::Expr(_) => {}
    }
    values.sort_unstable();
    values.dedup();
    values
}

fn constant(layout: &Layout, id: ExprId) -> Option<i128> {
    match &layout.exprs[id].kind {
        ExprKind::Int(n) => Some(*n),
        ExprKind::Unary(Unary::Minus, a) => constant(layout, *a)?.checked_neg(),
        _ => None,
    }
}

/// The texts and bytes that a constraint names, each with a neighbour that it does not allow.
fn words(layout: &Layout, attr: &Attr) -> Vec<(Vec<u8>, bool)> {
    if !matches!(attr.body, Body::Str(_) | Body::Bytes) {
        return Vec::new();
    }
    let literal = |id: &ExprId| match &layout.exprs[*id].kind {
        ExprKind::Str(text) => Some(text.clone().into_bytes()),
        ExprKind::Bytes(bytes) => Some(bytes.clone()),
        _ => None,
    };
    // The last byte is another one: of a text it stays a letter.
    let beside = |bytes: &Vec<u8>, by: i8| {
        let mut other = bytes.clone();
        let last = other.last_mut()?;
        *last = last.checked_add_signed(by).filter(|n| n.is_ascii_graphic() || !last.is_ascii_graphic())?;
        Some(other)
    };
    let mut words: Vec<(Vec<u8>, bool)> = Vec::new();
    match attr.valid.as_ref().map(|valid| &valid.kind) {
        Some(ValidKind::Eq(expr)) => words.extend(literal(expr).map(|text| (text, true))),
        Some(ValidKind::AnyOf(items)) => {
            words.extend(items.iter().filter_map(literal).map(|text| (text, true)));
        }
        Some(ValidKind::Range(min, max)) => {
            for (bound, by) in [(min, -1), (max, 1)] {
                let Some(bound) = bound.as_ref().and_then(literal) else { continue };
                words.extend(beside(&bound, by).map(|text| (text, false)));
                words.push((bound, true));
            }
            return words;
        }
        _ => return words,
    }
    let beside = |(text, _): &(Vec<u8>, bool)| {
        [1, -1].into_iter().filter_map(|by| beside(text, by)).find(|n| words.iter().all(|(w, _)| w != n))
    };
    let others: Vec<_> = words.iter().filter_map(beside).map(|text| (text, false)).collect();
    words.extend(others);
    words
}

/// Whether what a constraint allows depends on more than the value.
fn is_conditional(layout: &Layout, attr: &Attr) -> bool {
    let number = matches!(attr.element, Ty::Int(_));
    let open = |bound: &Option<ExprId>| bound.is_some_and(|bound| constant(layout, bound).is_none());
    match attr.valid.as_ref().map(|valid| &valid.kind) {
        Some(ValidKind::Expr(_)) => true,
        Some(ValidKind::Range(min, max)) => number && (open(min) || open(max)),
        Some(ValidKind::Eq(expr)) => number && open(&Some(*expr)),
        _ => false,
    }
}

/// What can be shown of a contract: each element of a capacity with each kind of what reads it, each boundary.
fn asked(plan: &Plan, all: &mut Vec<Property>) {
    let Some(terms) = &plan.contract else { return };
    let layout = &plan.layout;
    for (row, asked) in terms.asked.iter().enumerate() {
        let query = QueryId::new(row);
        let Some(question) = terms.raw.questions.get(asked.question) else { continue };
        if let Some(code) = broken(&question.kind).filter(|_| !asked.only_evidence) {
            let (table, (_, subject)) = (question.kind.table(), question.kind.subject());
            let about = format!("{table}-{}-{}", question.at.value.replace("[]", ""), subject.value);
            for (broken, word, what) in
                [(false, "meets", "is asked and met"), (true, "breaks", "is asked and broken")]
            {
                // What a pair must not be is all that is asked of it.
                if !broken && matches!(question.kind, Kind::Pair(_)) {
                    continue;
                }
                all.push(Property {
                    name: file_name(&format!("{word}-{about}")),
                    shows: format!("`{}` of [[{table}]] at `{}` {what}", subject.value, question.at.value),
                    goal: Goal::Asked { query, broken },
                    refused: broken.then_some(code),
                });
            }
        }
        for name in terms.raw.capacities.keys() {
            let values: Vec<u64> =
                terms.builds.iter().filter_map(|build| build.capacities.get(name)).map(|c| c.value).collect();
            let Some(most) = values.iter().max().copied() else { continue };
            match &question.kind {
                Kind::Read(_) => reads(layout, query, name, most, all),
                Kind::Count(_) => counts(layout, query, name, &values, all),
                _ => {}
            }
        }
    }
}

/// The code of content that breaks a question that has nothing to do with elements of capacities.
fn broken(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::Rule(_) => Some(codes::RULE_FAILED),
        Kind::Required(_) => Some(codes::FIELD_BLANK),
        Kind::Reference(_) => Some(codes::REFERENCE_OUTSIDE),
        Kind::NotNull(_) => Some(codes::REFERENCE_NULL),
        Kind::Width(_) => Some(codes::VALUE_TOO_WIDE),
        Kind::Unique(_) => Some(codes::DUPLICATE_KEY),
        Kind::Pair(_) => Some(codes::PAIR_NOT_TAKEN),
        Kind::Read(_) | Kind::Count(_) | Kind::Declared(_) => None,
        // What shipped content has, and what an expression costs, is not decided by a value alone.
        Kind::Growth(_) | Kind::Novel(_) | Kind::Pattern(_) => None,
    }
}

fn reads(layout: &Layout, query: QueryId, name: &str, most: u64, all: &mut Vec<Property>) {
    let asked = &layout.queries[query];
    if asked.at.value.is_some() || capacity(layout, query).is_some_and(|known| known != name) {
        return;
    }
    let kind = asked.when.and_then(|when| kind_of(layout, when, asked.at.context));
    let first = if most > EACH { most.saturating_sub(2) } else { 0 };
    for index in first..=most.saturating_add(1) {
        element(layout, query, kind, (name, index), all);
    }
}

/// One element of a capacity, read or named by each kind of what can read it.
fn element(
    layout: &Layout,
    query: QueryId,
    kind: Option<(AttrId, EnumId)>,
    (name, index): (&str, u64),
    all: &mut Vec<Property>,
) {
    let asked = &layout.queries[query];
    let members = match kind {
        Some((attr, of)) => layout.enums[of].members.iter().map(|m| Some((attr, m))).collect(),
        None => vec![None],
    };
    for member in members {
        let (field, word) = match member {
            Some((attr, (value, member))) => (Some((attr, *value)), format!("-{member}")),
            None => (None, String::new()),
        };
        let with = member.map(|(_, (_, member))| format!(", as `{member}`")).unwrap_or_default();
        let applies =
            member.zip(asked.when).and_then(|((attr, (value, _)), when)| applies(layout, when, attr, *value));
        for reads in [true, false].into_iter().filter(|reads| applies.is_none_or(|a| a == *reads)) {
            let goal = Goal::Read { query, name: name.to_string(), index, field, reads };
            let verb = if reads { "reads" } else { "names" };
            let file = file_name(&format!("{verb}-{name}-{index}{word}"));
            let shows = format!("{verb} element {index} of `{name}`{with}, and nothing beyond");
            all.push(Property { name: file, shows, goal, refused: None });
        }
    }
}

/// The ways in which a set makes a consumer come upon one element of a capacity and nothing beyond; none if no question
/// of the contract reads or counts it.
pub fn reaching(plan: &Plan, name: &str, index: u64) -> Vec<Property> {
    let mut all = Vec::new();
    let Some(terms) = &plan.contract else { return all };
    let layout = &plan.layout;
    for (row, asked) in terms.asked.iter().enumerate() {
        let query = QueryId::new(row);
        let read = &layout.queries[query];
        match terms.raw.questions.get(asked.question).map(|question| &question.kind) {
            Some(Kind::Read(_))
                if read.at.value.is_none() && capacity(layout, query).is_none_or(|known| known == name) =>
            {
                let kind = read.when.and_then(|when| kind_of(layout, when, read.at.context));
                element(layout, query, kind, (name, index), &mut all);
            }
            Some(Kind::Count(_)) => all.extend(count(layout, query, name, index.saturating_add(1))),
            _ => {}
        }
    }
    all.retain(|property| !matches!(property.goal, Goal::Read { reads: false, .. }));
    all
}

/// Whether a condition holds where a field of the object at hand has a value; none if that is not all it depends on.
fn applies(layout: &Layout, when: ExprId, attr: AttrId, value: i128) -> Option<bool> {
    let number = |id: ExprId| match &layout.exprs[id].kind {
        ExprKind::Int(n) => Some(*n),
        ExprKind::Attr(base, of) if *of == attr && layout.exprs[*base].kind == ExprKind::This => Some(value),
        _ => None,
    };
    let truth = |id: ExprId| applies(layout, id, attr, value);
    match &layout.exprs[when].kind {
        ExprKind::Unary(Unary::Not, a) => truth(*a).map(|a| !a),
        ExprKind::Binary(Binary::And, a, b) => match (truth(*a), truth(*b)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (a, b) => Some(a? && b?),
        },
        ExprKind::Binary(Binary::Or, a, b) => match (truth(*a), truth(*b)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (a, b) => Some(a? || b?),
        },
        ExprKind::Binary(Binary::Eq, a, b) => Some(number(*a)? == number(*b)?),
        ExprKind::Binary(Binary::Ne, a, b) => Some(number(*a)? != number(*b)?),
        _ => None,
    }
}

/// The field of the object at hand, of an enum, that a condition depends on.
fn kind_of(layout: &Layout, when: ExprId, of: TypeId) -> Option<(AttrId, EnumId)> {
    let fields = crate::contract::compile::own_fields(layout, when);
    fields.into_iter().find_map(|attr| match layout.attrs[attr].element {
        Ty::Enum(id) if layout.attrs[attr].owner == of && layout.attrs[attr].repeat == Repeat::Once => {
            Some((attr, id))
        }
        _ => None,
    })
}

fn counts(layout: &Layout, query: QueryId, name: &str, values: &[u64], all: &mut Vec<Property>) {
    let mut counts: Vec<u64> = values.iter().flat_map(|v| [v.saturating_sub(1), *v, v + 1]).collect();
    counts.sort_unstable();
    counts.dedup();
    all.extend(counts.into_iter().filter_map(|number| count(layout, query, name, number)));
}

/// The capacity that a question names; none if its name is computed.
fn capacity(layout: &Layout, query: QueryId) -> Option<&str> {
    let mut key = *layout.queries[query].answer.first()?;
    while let ExprKind::Intern(a) = &layout.exprs[key].kind {
        key = *a;
    }
    match &layout.exprs[key].kind {
        ExprKind::Str(text) => Some(text),
        _ => None,
    }
}

/// So many elements of what a capacity bounds, if the question is about that capacity.
fn count(layout: &Layout, query: QueryId, name: &str, count: u64) -> Option<Property> {
    let asked = &layout.queries[query];
    let [_, answer] = asked.answer.as_slice() else { return None };
    if capacity(layout, query) != Some(name) {
        return None;
    }
    let (attr, list) = counted(layout, *answer)?;
    let goal = match list {
        true => Goal::Elements { query, attr, count },
        false => Goal::Value { attr, value: i128::from(count), broken: false },
    };
    let shows = format!("{count} for `{name}`");
    Some(Property { name: file_name(&format!("count-{name}-{count}")), shows, goal, refused: None })
}
