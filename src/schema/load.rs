//! A schema file with all that it imports, each file once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::ast::{Bundle, Import, Schema};
use super::error::{Kind, SchemaError};
use super::problems::Problems;
use super::read::{schema, unread};
use super::{opaque, warn};
use crate::finding::Finding;
use crate::limits::{self, SchemaLimits};
use crate::span::{SourceId, Sources, Span};
use crate::text::Text;

/// Where schema files come from.
pub trait Files {
    /// The file that a path leads to, as a path that is the same for the same file; none if there is no file.
    fn find(&self, path: &Path) -> Option<PathBuf>;

    /// The text of a file.
    ///
    /// # Errors
    ///
    /// Why it cannot be read.
    fn text(&self, path: &Path) -> Result<String, Box<Finding>>;
}

/// Where imports are looked for, and how many there may be.
#[derive(Clone, Copy)]
pub struct Search<'s> {
    /// All files there are.
    pub files: &'s dyn Files,
    /// Folders for imports that begin with `/`, in this order.
    pub import_paths: &'s [PathBuf],
    /// Bounds on the schema and on what it imports.
    pub limits: &'s SchemaLimits,
}

/// No files at all: the text at hand is all there is.
struct NoFiles;

impl Files for NoFiles {
    fn find(&self, _: &Path) -> Option<PathBuf> {
        None
    }

    fn text(&self, path: &Path) -> Result<String, Box<Finding>> {
        use crate::{codes, finding};
        let message = format!("`{}` does not exist", path.display());
        let (severity, blame) = (finding::Severity::Error, finding::Blame::Environment);
        Err(Box::new(Finding::new(codes::FILE_MISSING, severity, blame, message)))
    }
}

/// Reads a schema file and what it imports; what is wrong with them is part of what is given.
///
/// An import is looked for beside the file that names it; one that begins with `/` below each import path, in
/// their order. With `ks-opaque-types`, so is a type that is defined nowhere: beside the file that uses it.
///
/// # Errors
///
/// Why the first file cannot be read. Files that it imports and that cannot be read are among the problems.
///
/// ```
/// use std::path::{Path, PathBuf};
/// use bootgate::{finding::Finding, limits::SchemaLimits, schema, span::Sources};
///
/// struct Two;
/// impl schema::Files for Two {
///     fn find(&self, path: &Path) -> Option<PathBuf> {
///         ["a.ksy", "b.ksy"].iter().any(|name| path == Path::new(name)).then(|| path.to_path_buf())
///     }
///     fn text(&self, path: &Path) -> Result<String, Box<Finding>> {
///         let main = path == Path::new("a.ksy");
///         Ok(if main { "meta: {id: a, imports: [b]}" } else { "meta: {id: b}" }.to_string())
///     }
/// }
/// let (mut sources, limits) = (Sources::default(), SchemaLimits::default());
/// let search = schema::Search { files: &Two, import_paths: &[], limits: &limits };
/// let bundle = schema::load(&mut sources, Path::new("a.ksy"), search).unwrap();
/// assert_eq!(bundle.imported.len(), 1);
/// assert!(bundle.problems.is_empty());
/// ```
pub fn load(sources: &mut Sources, path: &Path, search: Search<'_>) -> Result<Bundle, Box<Finding>> {
    let text = search.files.text(path)?;
    let source = sources.add(path.display().to_string(), text.as_str());
    let mut loader = Loader::new(sources, search);
    loader.known.extend(search.files.find(path).map(|found| (found, 0)));
    loader.first(source, &text, path);
    Ok(loader.bundle())
}

/// Reads a schema text for which there are no files to import.
///
/// ```
/// use bootgate::{schema, span::SourceId};
/// let bundle = schema::read(SourceId(0), "{meta: {id: a}, seq: [{id: n, type: u1}]}");
/// assert!(bundle.problems.is_empty());
/// assert_eq!(bundle.main.root.seq.len(), 1);
/// ```
pub fn read(source: SourceId, text: &str) -> Bundle {
    let mut sources = Sources::default();
    let limits = SchemaLimits::default();
    let mut loader =
        Loader::new(&mut sources, Search { files: &NoFiles, import_paths: &[], limits: &limits });
    loader.first(source, text, Path::new(""));
    loader.bundle()
}

/// A schema file and where it is.
struct File {
    schema: Schema,
    folder: PathBuf,
    /// How many imports lead to it.
    depth: usize,
    /// Whether its opaque types were looked for.
    looked: bool,
}

struct Loader<'f> {
    sources: &'f mut Sources,
    search: Search<'f>,
    all: Vec<File>,
    /// Files by their identity, each with its row.
    known: HashMap<PathBuf, usize>,
    /// Bytes of all files but the first.
    bytes: usize,
    problems: Problems,
}

impl<'f> Loader<'f> {
    fn new(sources: &'f mut Sources, search: Search<'f>) -> Self {
        let (all, known, problems) = (Vec::new(), HashMap::new(), Problems::default());
        Loader { sources, search, all, known, bytes: 0, problems }
    }

    fn first(&mut self, source: SourceId, text: &str, path: &Path) {
        self.add(source, text, path, 0, "");
        let mut row = 0;
        while row < self.all.len() {
            row = self.imports(row);
            if row == self.all.len() {
                self.opaque();
            }
        }
    }

    fn add(&mut self, source: SourceId, text: &str, path: &Path, depth: usize, name: &str) {
        let mut schema = schema(source, text, self.search.limits, &mut self.problems);
        if schema.root.name.value.is_empty() {
            schema.root.name.value = name.to_string();
        }
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        self.all.push(File { schema, folder, depth, looked: false });
    }

    /// Loads what one file imports; the row of the next file.
    fn imports(&mut self, row: usize) -> usize {
        let Some(file) = self.all.get(row) else { return row };
        let (imports, folder, depth) = (file.schema.imports.clone(), file.folder.clone(), file.depth);
        for Import { path, key } in imports {
            if self.problems.is_full() {
                break;
            }
            let name = path.value.as_str();
            let (paths, looked) = match name.strip_prefix('/') {
                Some(name) => {
                    let below =
                        self.search.import_paths.iter().map(|p| p.join(format!("{name}.ksy"))).collect();
                    (below, "below the import paths")
                }
                None => (vec![folder.join(format!("{name}.ksy"))], "beside this schema"),
            };
            let looked = if paths.is_empty() {
                "no import path is given to look below".to_string()
            } else {
                let all: Vec<String> = paths.iter().map(|p| format!("`{}`", p.display())).collect();
                format!("{looked}, there is no {}", all.join(", nor "))
            };
            self.file(&path, &key, &paths, depth, looked);
        }
        row + 1
    }

    /// Looks for the types that files use and nobody defines.
    fn opaque(&mut self) {
        for row in 0..self.all.len() {
            let Some(file) = self.all.get_mut(row).filter(|file| file.schema.opaque && !file.looked) else {
                continue;
            };
            file.looked = true;
            let (folder, depth) = (file.folder.clone(), file.depth);
            let tops = self.all.iter().map(|file| file.schema.root.name.value.as_str()).collect();
            let missing = self.all.get(row).map(|file| opaque::missing(&file.schema, &tops));
            for (name, key) in missing.into_iter().flatten() {
                if self.problems.is_full() {
                    return;
                }
                let path = folder.join(format!("{}.ksy", name.value));
                let looked = format!("no type of this name is defined, and there is no `{}`", path.display());
                self.file(&name, &key, &[path], depth, looked);
            }
        }
    }

    /// Loads the first of some files that is there; else an empty schema stands for it.
    fn file(&mut self, name: &Text, key: &str, paths: &[PathBuf], depth: usize, looked: String) {
        let found = paths.iter().find_map(|path| Some((path, self.search.files.find(path)?)));
        let stem = name.value.rsplit('/').next().unwrap_or_default();
        let Some((path, identity)) = found else {
            let kind = Kind::ImportMissing { name: name.value.clone(), looked };
            return self.fail(kind, name.span, key, stem);
        };
        if self.known.contains_key(&identity) {
            return;
        }
        self.known.insert(identity, self.all.len());
        let (depths, files) = (self.search.limits.import_depth, self.search.limits.import_files);
        if depth >= depths {
            let kind = Kind::Limit { name: "import-depth", limit: depths };
            return self.fail(kind, name.span, key, stem);
        }
        // The first one is no import.
        if self.all.len() > files {
            let kind = Kind::Limit { name: "import-files", limit: files };
            return self.fail(kind, name.span, key, stem);
        }
        let text = match self.search.files.text(path) {
            Ok(text) => text,
            Err(finding) => {
                let why = format!("the schema `{}` cannot be read: {}", name.value, finding.message);
                return self.fail(Kind::Invalid(why), name.span, key, stem);
            }
        };
        self.bytes = self.bytes.saturating_add(text.len());
        if self.bytes > limits::IMPORT_BYTES {
            let unit = "bytes in all imported schemas";
            let kind = Kind::TooLarge { limit: limits::IMPORT_BYTES, unit };
            return self.fail(kind, name.span, key, stem);
        }
        let source = self.sources.add(path.display().to_string(), text.as_str());
        self.add(source, &text, path, depth + 1, stem);
    }

    /// What is wrong with an import; what it would have defined is not missed on top of that.
    fn fail(&mut self, kind: Kind, span: Span, key: &str, name: &str) {
        self.problems.add(kind, span, key);
        let schema = unread(span.source, name);
        self.all.push(File { schema, folder: PathBuf::new(), depth: 0, looked: true });
    }

    fn bundle(mut self) -> Bundle {
        for file in &self.all {
            warn::schema(&file.schema, &mut self.problems);
        }
        let problems: Vec<SchemaError> = self.problems.into_vec();
        let mut schemas = self.all.into_iter().map(|file| file.schema);
        let main = schemas.next().unwrap_or_else(|| unread(SourceId(0), ""));
        Bundle { main, imported: schemas.collect(), problems }
    }
}
