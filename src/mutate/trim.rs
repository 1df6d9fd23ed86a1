//! Trimming: content made smaller by its schema, for as long as somebody says that it still shows what it is to show.

use std::sync::Arc;

use crate::r#gen::draft::{Draft, Fields};

use super::{Mutator, sites};

/// Attempts at one file, at most.
const MOST: usize = 1 << 12;

/// A file that is being trimmed.
pub struct Trim {
    best: Arc<Fields>,
    size: usize,
    tried: Option<(Arc<Fields>, usize)>,
    steps: Vec<(Vec<usize>, Less)>,
    next: usize,
    made: usize,
}

/// One way to make less of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Less {
    /// Without so many elements, or bytes, from one on.
    Cut(usize, usize),
    Absent,
    /// This number.
    Number(i128),
}

impl Trim {
    /// Attempts that there are at most from here on, if none is a success.
    pub fn left(&self) -> usize {
        self.steps.len().saturating_sub(self.next).min(MOST.saturating_sub(self.made))
    }

    /// What became of the last attempt: whether it still shows what it is to show.
    pub fn tell(&mut self, good: bool) {
        let Some((root, size)) = self.tried.take().filter(|_| good) else { return };
        self.best = root;
        self.size = size;
        self.steps = steps(&self.best);
        // What did not help at the start is not tried again at once.
        self.next = self.next.saturating_sub(1).min(self.steps.len());
    }
}

impl Mutator<'_> {
    /// Begins to trim a file; nothing if it is not of the schema.
    pub fn trim(&mut self, data: &[u8]) -> Option<Trim> {
        let draft = self.take(data);
        let root = draft.as_ref().map(|draft| draft.root.clone());
        self.memory.put(data, draft);
        let best = root?;
        Some(Trim { steps: steps(&best), best, size: data.len(), tried: None, next: 0, made: 0 })
    }

    /// Writes the next attempt at a smaller file to `out`; whether there is one. It is never larger than the last good one.
    pub fn trim_next(&mut self, trim: &mut Trim, out: &mut Vec<u8>) -> bool {
        while let Some((path, less)) = trim.steps.get(trim.next) {
            trim.next += 1;
            if trim.made >= MOST {
                return false;
            }
            let mut root = trim.best.clone();
            if !sites::at(&mut root, path).is_some_and(|draft| reduce(draft, *less)) {
                continue;
            }
            trim.made += 1;
            let Ok(files) = self.generator.replay(std::slice::from_ref(&root), None, 0) else { continue };
            let Some(file) = files.first().filter(|file| file.len() <= trim.size) else { continue };
            // The same size is only less where a number is.
            if file.len() == trim.size && !matches!(less, Less::Number(_)) {
                continue;
            }
            out.clone_from(file);
            trim.tried = Some((root, out.len()));
            return true;
        }
        false
    }

    /// The smallest content of the schema that `shows` what it is to show, starting from `data`, which does.
    pub fn trimmed(&mut self, data: &[u8], mut shows: impl FnMut(&[u8]) -> bool) -> Option<Vec<u8>> {
        let mut trim = self.trim(data)?;
        let (mut best, mut out) = (data.to_vec(), Vec::new());
        while self.trim_next(&mut trim, &mut out) {
            let good = shows(&out);
            trim.tell(good);
            if good {
                best.clone_from(&out);
            }
        }
        Some(best)
    }
}

/// What can be tried: the largest parts first.
fn steps(root: &Arc<Fields>) -> Vec<(Vec<usize>, Less)> {
    let mut steps = Vec::new();
    for site in sites::all(root) {
        match &site.draft {
            Draft::List(items) => cuts(&site.path, items.len(), &mut steps),
            Draft::Str(bytes) | Draft::Bytes(bytes) => cuts(&site.path, bytes.len(), &mut steps),
            Draft::Int(n) if *n != 0 => {
                steps.push((site.path.clone(), Less::Number(0)));
                if *n > 1 {
                    steps.push((site.path.clone(), Less::Number(n / 2)));
                }
            }
            _ => {}
        }
        if !matches!(site.draft, Draft::Absent) {
            steps.push((site.path, Less::Absent));
        }
    }
    steps.truncate(MOST);
    steps
}

fn cuts(path: &[usize], len: usize, steps: &mut Vec<(Vec<usize>, Less)>) {
    let mut width = len;
    while width > 0 {
        for start in (0..len).step_by(width).take(16) {
            steps.push((path.to_vec(), Less::Cut(start, width)));
        }
        width /= 2;
    }
}

/// Makes less of a place; whether that changes anything.
fn reduce(draft: &mut Draft, less: Less) -> bool {
    match (draft, less) {
        (Draft::List(items), Less::Cut(start, width)) => {
            let items = Arc::make_mut(items);
            let end = start.saturating_add(width).min(items.len());
            start < end && items.drain(start..end).count() > 0
        }
        (Draft::Str(bytes) | Draft::Bytes(bytes), Less::Cut(start, width)) => {
            let mut left = bytes.to_vec();
            let end = start.saturating_add(width).min(left.len());
            if start >= end {
                return false;
            }
            left.drain(start..end);
            *bytes = left.into();
            true
        }
        (Draft::Int(now), Less::Number(n)) if *now != n => {
            *now = n;
            true
        }
        (draft, Less::Absent) => {
            *draft = Draft::Absent;
            true
        }
        _ => false,
    }
}
