//! The fields that the questions of a contract read, each at the path where it is read.
//!
//! `definitions.types[_parent.type_index].name` is a field of the definitions, read from elsewhere: expressions are
//! followed from object to object, through calculated values as well. Where an expression does not tell which object
//! it is about, all objects of its type are taken to be.

use std::collections::{HashMap, HashSet};

use super::Spot;
use crate::layout::query::{Query, Target};
use crate::layout::ty::Ty;
use crate::layout::{AttrId, Body, ExprId, ExprKind, Layout, Method, Parent, TypeId};

/// What was read.
#[derive(Default)]
pub(super) struct Touched {
    spots: HashSet<Spot>,
    anywhere: HashSet<AttrId>,
}

impl Touched {
    /// Whether a field was read at its place, or at an unknown one.
    pub(super) fn has(&self, spot: &Spot, attr: AttrId) -> bool {
        self.anywhere.contains(&attr) || self.spots.contains(spot)
    }
}

/// What all questions read.
pub(super) fn of(layout: &Layout) -> Touched {
    let mut reader = Reader { layout, touched: Touched::default(), known: HashMap::new() };
    for query in layout.queries.iter() {
        let scene = scene(layout, query);
        for expr in query.when.iter().chain(&query.answer) {
            reader.read(*expr, &scene);
        }
    }
    reader.touched
}

/// Where an object is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Object {
    At(Spot),
    /// Any of a type.
    Some(TypeId),
}

/// What `_` and bare names are about.
struct Scene {
    this: Object,
    /// The field that `_` is, where it is not the object itself.
    it: Option<AttrId>,
}

fn scene(layout: &Layout, query: &Query) -> Scene {
    let mut spot = Spot { root: query.at.root, steps: Vec::new() };
    for step in &query.at.steps {
        spot = spot.field(layout, *step);
    }
    Scene { this: Object::At(spot), it: query.at.value.map(|Target { attr, .. }| attr) }
}

struct Reader<'l> {
    layout: &'l Layout,
    touched: Touched,
    /// The objects that calculated values hold, by the object that they are values of.
    known: HashMap<(AttrId, Object), Vec<Object>>,
}

impl Reader<'_> {
    /// Follows an expression; the objects that it can be. The nesting of expressions is bounded.
    fn read(&mut self, id: ExprId, scene: &Scene) -> Vec<Object> {
        let expr = &self.layout.exprs[id];
        match &expr.kind {
            ExprKind::This => vec![scene.this.clone()],
            ExprKind::It => match scene.it {
                Some(attr) => self.field(&scene.this.clone(), attr),
                None => vec![scene.this.clone()],
            },
            ExprKind::Root(root) => vec![Object::At(Spot { root: *root, steps: Vec::new() })],
            ExprKind::Top(inner) => {
                let inside = self.read(*inner, scene);
                inside.into_iter().filter_map(|object| self.top(&object, &expr.ty)).collect()
            }
            ExprKind::Parent(inner) => {
                let inside = self.read(*inner, scene);
                inside.into_iter().filter_map(|object| self.parent(object, &expr.ty)).collect()
            }
            ExprKind::Attr(base, attr) => {
                let objects = self.read(*base, scene);
                objects.into_iter().flat_map(|object| self.field(&object, *attr)).collect()
            }
            ExprKind::Subscript(list, index) => {
                self.read(*index, scene);
                self.read(*list, scene)
            }
            ExprKind::Cast(inner, ty) => {
                let objects = self.read(*inner, scene);
                if objects.is_empty() { vec![Object::Some(*ty)] } else { objects }
            }
            ExprKind::Retype(inner) => self.read(*inner, scene),
            ExprKind::Choice(condition, a, b) => {
                self.read(*condition, scene);
                let mut objects = self.read(*a, scene);
                objects.extend(self.read(*b, scene));
                objects
            }
            ExprKind::Method(Method::First | Method::Last, list, _) => self.read(*list, scene),
            other => {
                let mut children = Vec::new();
                other.children(&mut children);
                for child in children {
                    self.read(child, scene);
                }
                somewhere(&expr.ty)
            }
        }
    }

    /// Reads a field of an object; the objects that it holds.
    fn field(&mut self, object: &Object, attr: AttrId) -> Vec<Object> {
        let field = &self.layout.attrs[attr];
        if let Body::Value(value) = field.body {
            let key = (attr, object.clone());
            if let Some(objects) = self.known.get(&key) {
                return objects.clone();
            }
            // What needs its own value could be anything.
            self.known.insert(key.clone(), somewhere(&field.element));
            let objects = self.read(value, &Scene { this: object.clone(), it: None });
            self.known.insert(key, objects.clone());
            return objects;
        }
        match object {
            Object::At(spot) => {
                let spot = spot.field(self.layout, attr);
                self.touched.spots.insert(spot.clone());
                vec![Object::At(spot)]
            }
            Object::Some(_) => {
                self.touched.anywhere.insert(attr);
                somewhere(&field.element)
            }
        }
    }

    fn top(&self, object: &Object, ty: &Ty) -> Option<Object> {
        let Ty::Object(ty) = ty else { return None };
        match object {
            Object::At(spot) if self.layout.roots[spot.root].ty == *ty => {
                Some(Object::At(Spot { root: spot.root, steps: Vec::new() }))
            }
            _ => Some(Object::Some(*ty)),
        }
    }

    fn parent(&self, object: Object, ty: &Ty) -> Option<Object> {
        if let Object::At(mut spot) = object
            && let Some(last) = spot.steps.pop()
            && self.layout.attrs[last].parent == Parent::User
            // An object in one of its own type is at the place of that one: its parent can be either.
            && !self.contains_itself(last)
        {
            return Some(Object::At(spot));
        }
        match ty {
            Ty::Object(ty) => Some(Object::Some(*ty)),
            _ => None,
        }
    }

    /// Whether objects of a field can be in objects of their own type.
    fn contains_itself(&self, attr: AttrId) -> bool {
        let mut open: Vec<TypeId> = Vec::new();
        let mut seen = HashSet::new();
        let objects = |attr: AttrId, open: &mut Vec<TypeId>| {
            for body in self.layout.attrs[attr].body.alternatives() {
                if let Body::Object(ty, _) = body {
                    open.push(*ty);
                }
            }
        };
        objects(attr, &mut open);
        let own = open.clone();
        while let Some(ty) = open.pop() {
            let known = open.len();
            let ty = &self.layout.types[ty];
            ty.seq.iter().chain(&ty.instances).for_each(|field| objects(*field, &mut open));
            if open.iter().skip(known).any(|inner| own.contains(inner)) {
                return true;
            }
            let new: Vec<TypeId> = open.split_off(known).into_iter().filter(|ty| seen.insert(*ty)).collect();
            open.extend(new);
        }
        false
    }
}

fn somewhere(ty: &Ty) -> Vec<Object> {
    match ty {
        Ty::Object(ty) => vec![Object::Some(*ty)],
        Ty::Array(inner) => somewhere(inner),
        _ => Vec::new(),
    }
}
