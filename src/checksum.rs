//! Checksums.

/// How a checksum is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// CRC-32.
    Crc32,
}

/// The form of a checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// An integer of so many bytes.
    Int(u8),
    /// So many bytes.
    Bytes(u8),
}

/// A checksum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sum {
    /// An integer.
    Int(u64),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A checksum on its way.
#[derive(Debug)]
pub struct Digest(crc32fast::Hasher);

impl Algorithm {
    /// The algorithm with this name.
    pub fn named(name: &str) -> Option<Algorithm> {
        Algorithm::all().find(|a| a.name() == name)
    }

    /// All algorithms.
    pub fn all() -> impl Iterator<Item = Algorithm> {
        [Algorithm::Crc32].into_iter()
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        "crc32"
    }

    /// The form of its result.
    pub fn width(self) -> Width {
        Width::Int(4)
    }

    /// Begins.
    pub fn digest(self) -> Digest {
        Digest(crc32fast::Hasher::new())
    }
}

impl Digest {
    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Adds zeroes.
    pub fn zeroes(&mut self, n: u64) {
        for _ in 0..n {
            self.0.update(&[0]);
        }
    }

    /// The checksum.
    pub fn finish(self) -> Sum {
        Sum::Int(u64::from(self.0.finalize()))
    }
}
