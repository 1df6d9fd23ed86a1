//! A file system without a journal, on a disk that loses what was not flushed.
//!
//! What is written is seen at once, and durable only after a sync: of a file for its bytes, of a folder for the names in
//! it. When the power fails, each sector of a file that was not synced is old or new, each change of a name since its
//! folder was synced happened or did not, whatever the order; a link that was not synced may lead nowhere.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};

use bootgate::guard::store::{Site, Vfs};

/// What a disk writes whole, in bytes.
const SECTOR: usize = 512;

/// Random numbers that a seed reproduces (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    pub(crate) fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }
}

type Names = BTreeMap<String, usize>;

#[derive(Clone, Debug)]
enum Node {
    File { durable: Vec<u8>, writes: Vec<Vec<u8>> },
    Folder { now: Names, durable: Names, changes: Vec<Change> },
    Link { target: String, durable: bool },
}

#[derive(Clone, Debug)]
enum Change {
    Set(String, usize),
    Remove(String),
    Rename(String, String, usize),
}

impl Change {
    fn apply(&self, names: &mut Names) {
        match self {
            Change::Set(name, node) => names.insert(name.clone(), *node),
            Change::Remove(name) => names.remove(name),
            Change::Rename(from, to, node) => {
                names.remove(from);
                names.insert(to.clone(), *node)
            }
        };
    }
}

#[derive(Debug)]
struct Inner {
    nodes: Vec<Node>,
    steps: u64,
    cut_at: u64,
    ignored: Option<Site>,
    synced: BTreeSet<Site>,
}

/// The file system; its root is the folder of the store.
#[derive(Debug)]
pub(crate) struct Blocks(RefCell<Inner>);

impl Blocks {
    /// An empty one. With `ignored`, the disk says that it synced there, and did not.
    pub(crate) fn new(ignored: Option<Site>) -> Blocks {
        let root = Node::Folder { now: Names::new(), durable: Names::new(), changes: Vec::new() };
        Blocks::of(vec![root], ignored)
    }

    fn of(nodes: Vec<Node>, ignored: Option<Site>) -> Blocks {
        Blocks(RefCell::new(Inner { nodes, steps: 0, cut_at: u64::MAX, ignored, synced: BTreeSet::new() }))
    }

    /// Lets the power fail before the step after the next `steps` ones; a step is a change, a write or a sync.
    pub(crate) fn cut_after(&self, steps: u64) {
        let mut inner = self.0.borrow_mut();
        inner.cut_at = inner.steps + steps;
    }

    /// Whether the power has failed.
    pub(crate) fn is_cut(&self) -> bool {
        let inner = self.0.borrow();
        inner.steps > inner.cut_at
    }

    /// The sites that were asked to be synced.
    pub(crate) fn synced(&self) -> BTreeSet<Site> {
        self.0.borrow().synced.clone()
    }

    /// Overwrites a file, durably, without asking: a medium does that.
    pub(crate) fn scribble(&self, path: &str, bytes: &[u8]) {
        let mut inner = self.0.borrow_mut();
        let node = inner.find(path).unwrap();
        inner.nodes[node] = Node::File { durable: bytes.to_vec(), writes: Vec::new() };
    }

    /// What is left of it when the power has failed.
    pub(crate) fn after_the_cut(&self, random: &mut Random) -> Blocks {
        let inner = self.0.borrow();
        let mut nodes: Vec<Node> = inner.nodes.iter().map(|node| node.survivor(random)).collect();
        // What no name leads to any more is not carried along.
        let mut named = BTreeSet::from([0]);
        let mut open = vec![0];
        while let Some(Node::Folder { durable, .. }) = open.pop().map(|node: usize| &nodes[node]) {
            let new: Vec<usize> = durable.values().copied().filter(|node| named.insert(*node)).collect();
            open.extend(new.into_iter().filter(|node| matches!(nodes[*node], Node::Folder { .. })));
        }
        for (_, node) in nodes.iter_mut().enumerate().filter(|(at, _)| !named.contains(at)) {
            *node = Node::File { durable: Vec::new(), writes: Vec::new() };
        }
        let blocks = Blocks::of(nodes, inner.ignored);
        blocks.0.borrow_mut().synced.clone_from(&inner.synced);
        blocks
    }
}

impl Node {
    fn bytes(durable: &[u8], writes: &[Vec<u8>]) -> Vec<u8> {
        writes.last().map_or(durable, Vec::as_slice).to_vec()
    }

    fn survivor(&self, random: &mut Random) -> Node {
        match self {
            Node::File { durable, writes } => {
                let states: Vec<&[u8]> =
                    std::iter::once(durable.as_slice()).chain(writes.iter().map(Vec::as_slice)).collect();
                let size = states[random.below(states.len())].len();
                let mut bytes = vec![0; size];
                for (at, sector) in bytes.chunks_mut(SECTOR).enumerate() {
                    let state = states[random.below(states.len())];
                    for (byte, from) in sector.iter_mut().zip(state.iter().skip(at * SECTOR)) {
                        *byte = *from;
                    }
                }
                Node::File { durable: bytes, writes: Vec::new() }
            }
            Node::Folder { durable, changes, .. } => {
                let mut names = durable.clone();
                changes.iter().filter(|_| !random.chance(2)).for_each(|change| change.apply(&mut names));
                Node::Folder { now: names.clone(), durable: names, changes: Vec::new() }
            }
            Node::Link { target, durable } => {
                let target = if *durable || random.chance(2) { target.clone() } else { String::new() };
                Node::Link { target, durable: true }
            }
        }
    }
}

fn error(kind: ErrorKind) -> io::Error {
    io::Error::from(kind)
}

impl Inner {
    fn step(&mut self) -> io::Result<()> {
        self.steps += 1;
        if self.steps > self.cut_at {
            return Err(io::Error::other("the power failed"));
        }
        Ok(())
    }

    fn find(&self, path: &str) -> io::Result<usize> {
        path.split('/').filter(|name| !name.is_empty()).try_fold(0, |folder, name| {
            match &self.nodes[folder] {
                Node::Folder { now, .. } => now.get(name).copied().ok_or(error(ErrorKind::NotFound)),
                _ => Err(error(ErrorKind::NotADirectory)),
            }
        })
    }

    fn parent(&self, path: &str) -> io::Result<(usize, String)> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        Ok((self.find(folder)?, name.to_owned()))
    }

    fn change(&mut self, folder: usize, change: Change) {
        let Node::Folder { now, changes, .. } = &mut self.nodes[folder] else { panic!("not a folder") };
        change.apply(now);
        changes.push(change);
    }

    fn add(&mut self, path: &str, node: Node) -> io::Result<usize> {
        self.step()?;
        let (folder, name) = self.parent(path)?;
        if self.find(path).is_ok() {
            return Err(error(ErrorKind::AlreadyExists));
        }
        self.nodes.push(node);
        let node = self.nodes.len() - 1;
        self.change(folder, Change::Set(name, node));
        Ok(node)
    }

    fn write(&mut self, node: usize, bytes: &[u8], site: Site) -> io::Result<()> {
        self.step()?;
        let Node::File { durable, writes } = &mut self.nodes[node] else {
            return Err(error(ErrorKind::InvalidInput));
        };
        let mut new = Node::bytes(durable, writes);
        new.splice(..bytes.len().min(new.len()), bytes.iter().copied());
        new.truncate(bytes.len());
        writes.push(new);
        self.step()?;
        self.synced.insert(site);
        if self.ignored != Some(site)
            && let Node::File { durable, writes } = &mut self.nodes[node]
        {
            *durable = Node::bytes(durable, writes);
            writes.clear();
        }
        Ok(())
    }

    fn remove(&mut self, path: &str, wanted: impl Fn(&Node) -> bool) -> io::Result<()> {
        let (folder, name) = self.parent(path)?;
        let Ok(node) = self.find(path) else { return Ok(()) };
        self.step()?;
        if !wanted(&self.nodes[node]) {
            return Err(error(ErrorKind::InvalidInput));
        }
        self.change(folder, Change::Remove(name));
        Ok(())
    }
}

impl Vfs for Blocks {
    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        let inner = self.0.borrow();
        match &inner.nodes[inner.find(path)?] {
            Node::File { durable, writes } => {
                let bytes = Node::bytes(durable, writes);
                if u64::try_from(bytes.len()).unwrap() > limit {
                    return Err(error(ErrorKind::FileTooLarge));
                }
                Ok(bytes)
            }
            _ => Err(error(ErrorKind::InvalidInput)),
        }
    }

    fn create(&self, path: &str, bytes: &[u8], site: Site) -> io::Result<()> {
        let mut inner = self.0.borrow_mut();
        let node = inner.add(path, Node::File { durable: Vec::new(), writes: Vec::new() })?;
        inner.write(node, bytes, site)
    }

    fn overwrite(&self, path: &str, bytes: &[u8], site: Site) -> io::Result<()> {
        let mut inner = self.0.borrow_mut();
        let node = inner.find(path)?;
        inner.write(node, bytes, site)
    }

    fn create_folder(&self, path: &str) -> io::Result<()> {
        let folder = Node::Folder { now: Names::new(), durable: Names::new(), changes: Vec::new() };
        self.0.borrow_mut().add(path, folder).map(|_| ())
    }

    fn sync_folder(&self, path: &str, site: Site) -> io::Result<()> {
        let mut inner = self.0.borrow_mut();
        inner.step()?;
        inner.synced.insert(site);
        if inner.ignored == Some(site) {
            return Ok(());
        }
        let folder = inner.find(path)?;
        let Node::Folder { now, durable, changes } = &mut inner.nodes[folder] else {
            return Err(error(ErrorKind::NotADirectory));
        };
        durable.clone_from(now);
        changes.clear();
        let children: Vec<usize> = now.values().copied().collect();
        for child in children {
            if let Node::Link { durable, .. } = &mut inner.nodes[child] {
                *durable = true;
            }
        }
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut inner = self.0.borrow_mut();
        let (folder, old) = inner.parent(from)?;
        let (other, new) = inner.parent(to)?;
        assert_eq!(folder, other, "a rename across folders is not one change");
        let node = inner.find(from)?;
        inner.step()?;
        if inner.find(to).is_ok_and(|there| matches!(inner.nodes[there], Node::Folder { .. })) {
            return Err(error(ErrorKind::DirectoryNotEmpty));
        }
        inner.change(folder, Change::Rename(old, new, node));
        Ok(())
    }

    fn link(&self, target: &str, path: &str) -> io::Result<()> {
        let link = Node::Link { target: target.to_owned(), durable: false };
        self.0.borrow_mut().add(path, link).map(|_| ())
    }

    fn read_link(&self, path: &str) -> io::Result<Option<String>> {
        let inner = self.0.borrow();
        match inner.find(path) {
            Ok(node) => match &inner.nodes[node] {
                Node::Link { target, .. } => Ok(Some(target.clone())),
                _ => Err(error(ErrorKind::InvalidInput)),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn names(&self, path: &str, limit: usize) -> io::Result<Vec<String>> {
        let inner = self.0.borrow();
        match &inner.nodes[inner.find(path)?] {
            Node::Folder { now, .. } => Ok(now.keys().take(limit).cloned().collect()),
            _ => Err(error(ErrorKind::NotADirectory)),
        }
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.0.borrow_mut().remove(path, |node| !matches!(node, Node::Folder { .. }))
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        self.0.borrow_mut().remove(path, |node| matches!(node, Node::Folder { now, .. } if now.is_empty()))
    }
}
