//! `-checksum`: what fields are checksums of.

use super::fields::Expressions;
use super::typing::{Scope, Want};
use super::*;
use crate::checksum::Width;
use crate::schema::ast::{AttrSpec, CoverSpec};
use crate::schema::error::{Kind, nearest_of};
use crate::text::Text;

impl Expressions<'_, '_> {
    pub(super) fn checksum(&mut self, id: AttrId, spec: &AttrSpec, scope: &Scope) {
        let Some(checksum) = &spec.checksum else { return };
        let name = &checksum.algorithm;
        let key = format!("{}/algorithm", checksum.key);
        let Some(algorithm) = Algorithm::named(&name.value) else {
            let nearest = nearest_of(&name.value, Algorithm::all().map(Algorithm::name));
            let kind = Kind::NameUnknown { what: "checksum", name: name.value.clone(), nearest };
            return self.errors.add(kind, name.span, &key);
        };
        let covers = match &checksum.covers {
            CoverSpec::Range { start, end } => Cover::Range {
                start: self.typed(start.as_deref(), scope, Role::Checksum, Some(id), Want::Int),
                end: self.typed(end.as_deref(), scope, Role::Checksum, Some(id), Want::Int),
            },
            CoverSpec::Fields(names) => Cover::Fields(self.covered(id, names, &checksum.key)),
        };
        let attr = &mut self.typer.layout.attrs[id];
        let fits = matches!(
            (algorithm.width(), &attr.body),
            (Width::Int(_), Body::Int(_)) | (Width::Bytes(_), Body::Bytes)
        );
        if !fits || attr.repeat != Repeat::Once || attr.instance {
            let what = match algorithm.width() {
                Width::Int(_) => "an integer field",
                Width::Bytes(_) => "a field of bytes",
            };
            let why = format!("`{}` goes with {what} of `seq` that is not repeated", algorithm.name());
            self.errors.add(Kind::Invalid(why), checksum.span, &checksum.key);
            return;
        }
        attr.checksum = Some(Checksum {
            algorithm,
            covers,
            own_bytes: checksum.own_bytes,
            span: checksum.span,
            key: checksum.key.clone(),
        });
    }

    /// The fields that a checksum covers by name.
    fn covered(&mut self, id: AttrId, names: &[Text], key: &str) -> Vec<AttrId> {
        let owner = self.typer.layout.attrs[id].owner;
        let mut fields = Vec::new();
        for (row, name) in names.iter().enumerate() {
            let key = format!("{key}/fields/{row}");
            match self.typer.layout.find_attr(owner, &name.value) {
                Ok(attr) if self.typer.layout.types[owner].seq.contains(&attr) => fields.push(attr),
                Ok(_) => {
                    let why = format!("`{}` is no field of `seq`", name.value);
                    self.errors.add(Kind::Invalid(why), name.span, &key);
                }
                Err(kind) => self.errors.add(kind, name.span, &key),
            }
        }
        fields
    }
}
